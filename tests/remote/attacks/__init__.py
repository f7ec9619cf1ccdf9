"""Attacks on a session: hostile files, hostile messages, a hostile service between the two."""
