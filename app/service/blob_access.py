"""Blobs as the owner's tasks use them: read to their end, put back, counted, removed. Blocking."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.service.blob_files import BlobFiles
from app.service.settings import ServiceSettings
from app.system.clock import new_id

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BlobAccess:
    """Whole blobs, where the service keeps them. Raises `OSError`, and `FileNotFoundError` for what is not there."""

    files: BlobFiles

    def read(self, sha256: str) -> Iterator[bytes]:
        """The content, a piece at a time. Raises with the first one."""
        with self.files.whole(sha256).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def size(self, sha256: str) -> int:
        """How many bytes it has."""
        return self.files.whole(sha256).stat().st_size

    def proven_size(self, sha256: str) -> int | None:
        """How many bytes it has, read to its end; None where it is not what its name says, or not there."""
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in self.read(sha256):
                digest.update(chunk)
                size += len(chunk)
        except FileNotFoundError:
            return None
        return size if digest.hexdigest() == sha256 else None

    def put(self, sha256: str, chunks: Iterable[bytes]) -> bool:
        """Take it in. False where it is not what its name says; then it is not there."""
        nobody = new_id()  # uploads are somebody's
        try:
            for chunk in chunks:
                self.files.append(sha256, nobody, chunk)
            return self.files.finish(sha256, nobody)
        finally:
            self.files.part(sha256, nobody).unlink(missing_ok=True)

    def remove(self, sha256: str) -> None:
        """Have it gone. Twice is fine."""
        self.files.whole(sha256).unlink(missing_ok=True)

    def remove_parts(self, person: UUID) -> None:
        """Have all uploads gone that a person never ended."""
        for part in (self.files.folder / "parts").glob(f"*.{person.hex}.part"):
            part.unlink(missing_ok=True)

    def all(self) -> Iterator[tuple[str, datetime]]:
        """Every blob that is there, and since when."""
        for path in self.files.folder.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)


def blobs_of(settings: ServiceSettings) -> BlobAccess:
    """The blobs of a service."""
    return BlobAccess(BlobFiles(settings.blobs))
