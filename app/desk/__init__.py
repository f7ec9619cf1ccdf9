"""The technician's windows: the queue, a case and its whole story, a terminal."""
