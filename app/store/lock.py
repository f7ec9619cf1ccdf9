"""A lock between the programs of one home: whoever holds the file's lock goes first, and a killed one lets go."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of this file (made if need be, 0600); waits for whoever has it. Raises `OSError`."""
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(number)
        yield
    finally:
        os.close(number)


def _take(number: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(number, msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(number, fcntl.LOCK_EX)
