"""Bistand: a desktop companion for remote IT support. The map of the rooms is docs/architecture.md."""
