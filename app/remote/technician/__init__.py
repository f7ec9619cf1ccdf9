"""The technician's end: the SSH client."""
