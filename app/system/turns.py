"""How long one of Python's threads goes on while another one waits for its turn."""

import sys

_SECONDS = 0.0005
"""Python's own figure is 0.005."""


def take_short_turns() -> None:
    """Let threads take turns more often. For a whole program, at its start.

    A window, or a thread that hands pages to the disk, has little to do in Python and much to wait for: with long turns
    it waits for its own next step longer than that step takes.
    """
    sys.setswitchinterval(_SECONDS)
