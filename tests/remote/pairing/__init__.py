"""Pairing, over a mailbox in memory and over hostile ones."""
