"""The relay, with the real sshd and the real ssh."""
