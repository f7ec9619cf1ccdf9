"""Uploads under way: a `.part` in the data folder for each person and file, until the store has it whole."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.service.errors import BlobStoreError, NoRoomError
from app.system.errors import HomeError
from app.system.paths import PRIVATE_FILE, private_folder

_CHUNK = 1024 * 1024
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_NAME = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{32})\.part")


@dataclass(frozen=True, slots=True)
class Part:
    """What has come of one upload. `size` is in bytes."""

    sha256: str
    person: UUID
    size: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder of parts. Blocking. Nobody can spoil another's: the person is in the name.

    Methods raise `BlobStoreError` where the disk fails, `NoRoomError` where it is full or read-only.
    """

    folder: Path

    def path(self, sha256: str, person: UUID) -> Path:
        """Where this person's unfinished upload lies."""
        return self.folder / f"{sha256}.{person.hex}.part"

    def offset(self, sha256: str, person: UUID) -> int:
        """How many bytes of it are here."""
        with told(self.folder):
            try:
                return self.path(sha256, person).stat().st_size
            except FileNotFoundError:
                return 0

    def append(self, sha256: str, person: UUID, content: bytes) -> None:
        """Add to it. Where the disk takes no more, what it took until then stays."""
        path = self.path(sha256, person)
        with told(self.folder):
            private_folder(path.parent)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE), "ab", 0) as file:
                left = memoryview(content)
                while left:
                    left = left[file.write(left) :]

    def is_right(self, sha256: str, person: UUID) -> bool:
        """Whether what is here is what its name says."""
        path = self.path(sha256, person)
        if not path.exists():
            self.append(sha256, person, b"")
        digest = hashlib.sha256()
        with told(self.folder), path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest() == sha256

    def discard(self, sha256: str, person: UUID) -> None:
        """Have it gone. Twice is fine."""
        with told(self.folder):
            self.path(sha256, person).unlink(missing_ok=True)

    def listing(self) -> Iterator[Part]:
        """All that are here."""
        for path in self.folder.glob("*.part"):
            named = _NAME.fullmatch(path.name)
            if named is not None:
                sha256, person = named[1], UUID(named[2])
                yield Part(sha256, person, self.offset(sha256, person))


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Have what goes wrong with a folder of files told in words. Raises `BlobStoreError` or `NoRoomError`."""
    try:
        yield
    except HomeError as error:
        if _is_for_room(error.__cause__):
            raise NoRoomError(folder) from error
        raise BlobStoreError(str(error).rstrip(".")) from error
    except OSError as error:
        if _is_for_room(error):
            raise NoRoomError(folder) from error
        raise BlobStoreError(f"{folder}: {error.strerror or error}") from error


def _is_for_room(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _NO_ROOM
