"""The tests of the checks, one file each."""
