"""The relay: an unmodified sshd with two doors, fed with keys that live for one session."""
