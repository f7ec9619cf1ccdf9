"""How far long work has come, on stderr: one line that is rewritten, on a terminal alone."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 0.1  # seconds
_CLEARED = "\r\x1b[K"


@contextmanager
def showing(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yields what is to be told how much is done, and of how much."""
    latest = time.monotonic()
    shown = False

    def show(done: int, total: int) -> None:
        nonlocal latest, shown
        now = time.monotonic()
        if not sys.stderr.isatty() or not total or now - latest < _EVERY:
            return
        latest, shown = now, True
        sys.stderr.write(f"{_CLEARED}{label}: {100 * done // total} %")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write(_CLEARED)
            sys.stderr.flush()
