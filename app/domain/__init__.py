"""What can happen and what it means. Pure: no I/O, no clock, no Qt."""
