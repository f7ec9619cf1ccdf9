"""This machine: keyring, paths, settings, clock, translations."""
