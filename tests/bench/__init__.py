"""Measures Bistand against peers in the same run: `python -m tests.bench [ROW ...]`."""
