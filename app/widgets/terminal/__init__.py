"""A terminal: what emulates it, what draws it, what may be typed into it."""
