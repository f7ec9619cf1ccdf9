"""A lock between the programs of one home: whoever holds the file's lock goes first, and a killed one lets go."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PAUSE_SECONDS = 0.02


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of this file (made if need be, 0600), waiting at most so long for whoever has it.

    Raises `TimeoutError`, or another `OSError` where the file cannot be used. On the caller's thread.
    """
    number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + seconds
        while not _taken(number):
            if time.monotonic() > until:
                raise TimeoutError(f"{path} is held by another program")
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(number)


def _taken(number: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
