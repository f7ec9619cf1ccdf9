"""Whole blobs on disk: `ab/abcdef...`, beside the parts of uploads under way."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.service.blob_parts import told
from app.service.blob_store import StoredBlob
from app.service.errors import BlobStoreError, NoBlobError
from app.system.paths import private_folder, settle

_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class BlobFolder:
    """The folder of blobs. A store (see `BlobStore`)."""

    folder: Path

    def whole(self, sha256: str) -> Path:
        """Where the blob lies once it is whole."""
        return self.folder / sha256[:2] / sha256

    def try_out(self) -> None:
        """Make the folder, and write a file there."""
        with told(self.folder):
            probe = private_folder(self.folder) / f".try-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink(missing_ok=True)  # by another machine's copy, under the same number

    def check(self) -> None:
        """The folder needs no asking: who reads or writes there is told."""

    def keep(self, sha256: str, file: Path) -> None:
        """Move the file to its place. It lies on the same disk."""
        with told(self.folder):
            place = self.whole(sha256)
            private_folder(place.parent)
            settle(file)
            file.replace(place)
            settle(place.parent)

    def read(self, sha256: str, start: int, size: int) -> bytes:
        """So many bytes from there on."""
        with told(self.folder):
            try:
                with self.whole(sha256).open("rb") as file:
                    file.seek(start)
                    content = file.read(size)
            except FileNotFoundError:
                raise NoBlobError(sha256) from None
            if len(content) != size:
                raise BlobStoreError(f"{self.whole(sha256)} is shorter than it was")
            return content

    def size(self, sha256: str) -> int:
        """How many bytes it has."""
        with told(self.folder):
            try:
                return self.whole(sha256).stat().st_size
            except FileNotFoundError:
                raise NoBlobError(sha256) from None

    def remove(self, sha256: str) -> None:
        """Have it gone."""
        with told(self.folder):
            self.whole(sha256).unlink(missing_ok=True)

    def listing(self) -> Iterator[StoredBlob]:
        """All that are there."""
        with told(self.folder):
            for path in self.folder.glob("??/*"):
                if len(path.name) == _NAME_LENGTH and path.name.startswith(path.parent.name):
                    yield StoredBlob(path.name, path.stat().st_size)
