"""A lock on the data folder: any number serve from it, or one restores into it. A killed program lets go of it."""

import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from app.system.paths import PRIVATE_FILE

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NAME = "service.lock"
_KNOWS_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # a disk over the network: then nobody is held off
_PLACES = 64  # Windows shares no locks: there each who serves takes a place, and whoever restores takes all


@dataclass(slots=True)
class FolderLock:
    """A lock that is held. `release` twice is fine."""

    _number: int | None

    def release(self) -> None:
        """Let go of it."""
        number, self._number = self._number, None
        if number is not None:
            os.close(number)


def take(folder: Path, *, alone: bool) -> FolderLock | None:
    """Hold the folder, together with others or alone; None where somebody has it who does not go with that.

    Raises `OSError`.
    """
    number = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        if _taken(number, alone=alone):
            return FolderLock(number)
    except OSError as error:
        if error.errno not in _KNOWS_NO_LOCKS:
            os.close(number)
            raise
        return FolderLock(number)
    os.close(number)
    return None


if sys.platform == "win32":

    def _taken(number: int, *, alone: bool) -> bool:
        for place in (0,) if alone else range(_PLACES):
            os.lseek(number, place, os.SEEK_SET)
            try:
                msvcrt.locking(number, msvcrt.LK_NBLCK, _PLACES if alone else 1)
            except OSError:
                continue
            return True
        return False

else:

    def _taken(number: int, *, alone: bool) -> bool:
        try:
            fcntl.flock(number, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
