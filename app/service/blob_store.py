"""What the service needs of the place where whole blobs lie, each by its SHA-256."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PIECE = 1024 * 1024
"""How much of a blob is read at once, in bytes."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob that lies in the store. `size` is in bytes."""

    sha256: str
    size: int


class BlobStore(Protocol):
    """A store. Methods block and may be called from any thread; each raises `BlobStoreError` where the store fails."""

    def try_out(self) -> None:
        """Write something, read it and remove it. For the start of a service: the error says what its owner can do."""

    def check(self) -> None:
        """Whether the store answers, cheaply."""

    def keep(self, sha256: str, file: Path) -> None:
        """Take in a file that was verified. Once this returns, a power cut loses nothing of it; `file` may be gone."""

    def read(self, sha256: str, start: int, size: int) -> bytes:
        """So many bytes from there on; they must be there. Raises `NoBlobError` where there is no such blob."""

    def size(self, sha256: str) -> int:
        """How many bytes it has. Raises `NoBlobError` where there is no such blob."""

    def remove(self, sha256: str) -> None:
        """Have it gone. Twice is fine."""

    def listing(self) -> Iterator[StoredBlob]:
        """All that are there, in no order."""
