"""Blobs on disk: `ab/abcdef...` for what is whole and verified, a `.part` for each person's unfinished upload."""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.system.paths import PRIVATE_FILE, private_folder

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BlobFiles:
    """The folder of blobs. Blocking."""

    folder: Path

    def whole(self, sha256: str) -> Path:
        """Where the blob lies once it is whole."""
        return self.folder / sha256[:2] / sha256

    def part(self, sha256: str, person: UUID) -> Path:
        """Where this person's unfinished upload lies. Nobody can spoil another's."""
        return self.folder / "parts" / f"{sha256}.{person.hex}.part"

    def offset(self, sha256: str, person: UUID) -> int:
        """How many bytes of an unfinished upload are here."""
        try:
            return self.part(sha256, person).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, sha256: str, person: UUID, content: bytes) -> None:
        """Add to an unfinished upload."""
        path = self.part(sha256, person)
        private_folder(path.parent)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE), "ab") as file:
            file.write(content)

    def finish(self, sha256: str, person: UUID) -> bool:
        """Verify an upload and move it to its place. False where it is not what its name says: it is dropped then."""
        part, whole = self.part(sha256, person), self.whole(sha256)
        if not part.exists():
            self.append(sha256, person, b"")
        if _digest(part) != sha256:
            part.unlink()
            return False
        private_folder(whole.parent)
        _sync(part)
        part.replace(whole)
        if sys.platform != "win32":
            _sync(whole.parent)
        return True


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    """Have the disk hold what was written. Folders can be opened for reading alone."""
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
