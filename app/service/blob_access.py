"""Blobs as the owner's tasks use them: read to their end, put back, counted, removed. Blocking."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from app.service.blob_choice import open_store
from app.service.blob_parts import Parts
from app.service.blob_store import PIECE, BlobStore, StoredBlob
from app.service.errors import NoBlobError
from app.service.settings import ServiceSettings
from app.system.clock import new_id


@dataclass(frozen=True, slots=True)
class BlobAccess:
    """Whole blobs, where the service keeps them. Raises `BlobStoreError`, and `NoBlobError` for what is not there."""

    store: BlobStore
    parts: Parts

    def read(self, sha256: str) -> Iterator[bytes]:
        """The content, a piece at a time. Raises with the first one."""
        size = self.size(sha256)
        for start in range(0, size, PIECE):
            yield self.store.read(sha256, start, min(PIECE, size - start))

    def size(self, sha256: str) -> int:
        """How many bytes it has."""
        return self.store.size(sha256)

    def proven_size(self, sha256: str) -> int | None:
        """How many bytes it has, read to its end; None where it is not what its name says, or not there."""
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in self.read(sha256):
                digest.update(chunk)
                size += len(chunk)
        except NoBlobError:
            return None
        return size if digest.hexdigest() == sha256 else None

    def put(self, sha256: str, chunks: Iterable[bytes]) -> bool:
        """Take it in. False where it is not what its name says; then it is not there."""
        nobody = new_id()  # uploads are somebody's
        try:
            for chunk in chunks:
                self.parts.append(sha256, nobody, chunk)
            if not self.parts.is_right(sha256, nobody):
                return False
            self.store.keep(sha256, self.parts.path(sha256, nobody))
            return True
        finally:
            self.parts.discard(sha256, nobody)

    def remove(self, sha256: str) -> None:
        """Have it gone. Twice is fine."""
        self.store.remove(sha256)

    def remove_parts(self, person: UUID) -> None:
        """Have all uploads gone that a person never ended."""
        for part in self.parts.listing():
            if part.person == person:
                self.parts.discard(part.sha256, person)

    def all(self) -> Iterator[StoredBlob]:
        """Every blob that is there."""
        return self.store.listing()


def blobs_of(settings: ServiceSettings) -> BlobAccess:
    """The blobs of a service."""
    return BlobAccess(open_store(settings), Parts(settings.parts))
