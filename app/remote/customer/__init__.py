"""The customer's end: the embedded SSH server in a process of its own."""
