"""Use cases, one file each; windows and commands call these and nothing lower."""
