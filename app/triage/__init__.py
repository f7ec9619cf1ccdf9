"""Where does the problem lie, and who owns it."""
