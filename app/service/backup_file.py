"""The form of a backup: a tar that can be written and read as a stream, whatever database it came from.

    bistand-backup.json          the header: which program's tables these are, and of which log
    erasures.jsonl               who was erased until then (erasures.py)
    blobs/ab/abcdef...           each blob that the log names
    tables/events.000001.jsonl   rows, each a JSON list, some thousand in a part
    manifest.json                last: counts, and a SHA-256 over everything before it

The manifest's digest runs over name, size and SHA-256 of each member in order: nothing can be changed, added, taken out
or moved unnoticed, and a file without its end has no manifest.
"""

import hashlib
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from app.domain.progress import Counted
from app.domain.records import Record, Sha256, Utc
from app.service.errors import BackupFileError, DamagedBackupError, NewerBackupError, NoBackupError

FORMAT = 1
HEADER, ERASURES, MANIFEST = "bistand-backup.json", "erasures.jsonl", "manifest.json"
CHUNK = 1024 * 1024
_LARGEST_PART = 64 * 1024 * 1024  # of what is read into memory at once
_BLOB = re.compile(r"blobs/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})", re.ASCII)
_TABLE = re.compile(r"tables/(?P<table>[a-z_]{1,60})\.[0-9]{6,}\.jsonl", re.ASCII)

_Kind = TypeVar("_Kind", bound=BaseModel)

Shape = Literal["uuid", "time", "bytes", "plain"]
"""How a column's values are written in JSON: as text, as ISO 8601, in base64, as they are."""


class Header(Record):
    """Where a backup comes from. `tables` are the columns of each, in the order that rows are written and restored."""

    format: int
    revision: str
    provider: str
    version: int
    at: Utc
    tables: dict[str, dict[str, Shape]]


class Manifest(Record):
    """What a whole backup holds. `missing` are blobs that the log names and that were not there when it was made."""

    rows: dict[str, int]
    blobs: int
    missing: tuple[Sha256, ...]
    digest: Sha256


class Reader(Protocol):
    """What is done with a backup while it is gone through. Each is told what was checked already but the whole."""

    def header(self, header: Header) -> None:
        """The first that comes."""

    def erasures(self, lines: bytes) -> None:
        """Who was erased."""

    def blob(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """A blob; `chunks` must be used up."""

    def rows(self, table: str, lines: bytes) -> int:
        """Some rows of a table, a line each. Returns how many."""


class Sum:
    """The digest over all members."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def add(self, name: str, size: int, digest: str) -> None:
        """One more member."""
        self._sum.update(f"{name} {size} {digest}\n".encode())

    @property
    def value(self) -> str:
        """The digest so far."""
        return self._sum.hexdigest()


class BackupWriter:
    """Writes members one after the other. Raises `OSError`."""

    def __init__(self, file: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by finish
        self._sum = Sum()

    def add(self, name: str, content: bytes) -> None:
        """A member that is at hand."""
        self.add_stream(name, [content], len(content), hashlib.sha256(content).hexdigest())

    def add_stream(self, name: str, chunks: Iterable[bytes], size: int, digest: str) -> None:
        """A member whose content comes piece by piece. It must be as long as `size` says."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, cast("BinaryIO", _Chunks(chunks)))
        self._sum.add(name, size, digest)

    def finish(self, rows: dict[str, int], blobs: int, missing: tuple[str, ...]) -> None:
        """The manifest, and the end."""
        manifest = Manifest(rows=rows, blobs=blobs, missing=missing, digest=self._sum.value)
        self.add(MANIFEST, manifest.model_dump_json().encode())
        self._tar.close()


class _Chunks:
    """Pieces as a file that can only be read on."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")

    def read(self, size: int) -> bytes:
        """So many bytes, or what is left."""
        taken: list[memoryview] = []
        while size:
            if not self._left:
                self._left = memoryview(next(self._chunks, b""))
                if not self._left:
                    break
            taken.append(self._left[:size])
            self._left = self._left[size:]
            size -= len(taken[-1])
        return b"".join(taken)


def blob_name(sha256: str) -> str:
    """Where a blob stands in a backup."""
    return f"blobs/{sha256[:2]}/{sha256}"


def go_through(path: Path, reader: Reader, on_progress: Counted) -> tuple[Header, Manifest]:
    """Read a backup from its start to its end and check all of it, in little memory.

    `on_progress` is told bytes read, and of how many. Raises `BackupFileError`, `NoBackupError`, `NewerBackupError`,
    `DamagedBackupError`, and whatever `reader` raises.
    """
    try:
        size = path.stat().st_size
        file = path.open("rb")
    except OSError as error:
        raise BackupFileError(path, error.strerror or str(error)) from error
    with file:
        try:
            tar = tarfile.open(fileobj=file, mode="r|", bufsize=CHUNK)  # noqa: SIM115 - nothing but the file is open
        except tarfile.TarError as error:
            raise NoBackupError(path) from error
        try:
            return _Passage(path, tar, reader, lambda: on_progress(file.tell(), size)).whole()
        except (tarfile.TarError, EOFError) as error:
            raise DamagedBackupError(path, f"it cannot be read on ({error})") from error


class _Passage:
    """One way through a backup."""

    def __init__(self, path: Path, tar: tarfile.TarFile, reader: Reader, tell: Callable[[], None]) -> None:
        self._path, self._tar, self._reader, self._tell = path, tar, reader, tell
        self._sum = Sum()
        self._rows: dict[str, int] = {}
        self._blobs = 0

    def whole(self) -> tuple[Header, Manifest]:
        members = iter(self._tar)
        header = self._header(next(members, None))
        self._reader.header(header)
        self._rows = dict.fromkeys(header.tables, 0)
        for member in members:
            self._tell()
            if member.name == MANIFEST:
                manifest = self._manifest(member)
                if next(members, None) is not None:
                    raise self._damaged("something follows its end")
                self._tell()
                return header, manifest
            self._take(member, header)
        raise self._damaged("it was cut off, its end is missing")

    def _take(self, member: tarfile.TarInfo, header: Header) -> None:
        blob, table = _BLOB.fullmatch(member.name), _TABLE.fullmatch(member.name)
        if blob is not None:
            self._blob(member, blob["sha256"])
        elif table is not None and table["table"] in header.tables:
            self._rows[table["table"]] += self._reader.rows(table["table"], self._content(member))
        elif member.name == ERASURES:
            self._reader.erasures(self._content(member))
        else:
            raise self._damaged("there is something in it that belongs to no backup")

    def _header(self, member: tarfile.TarInfo | None) -> Header:
        if member is None or member.name != HEADER:
            raise NoBackupError(self._path)
        content = self._content(member)
        form = self._model(_Format, content).format
        if form > FORMAT:
            raise NewerBackupError(self._path)
        return self._model(Header, content)

    def _manifest(self, member: tarfile.TarInfo) -> Manifest:
        expected = self._sum.value
        manifest = self._model(Manifest, self._content(member))
        if manifest.digest != expected or manifest.rows != self._rows or manifest.blobs != self._blobs:
            raise self._damaged("it does not hold what its end says")
        return manifest

    def _blob(self, member: tarfile.TarInfo, sha256: str) -> None:
        digest = hashlib.sha256()

        def chunks() -> Iterator[bytes]:
            source = self._source(member)
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                self._tell()
                yield chunk

        self._reader.blob(sha256, chunks())
        if digest.hexdigest() != sha256:
            raise self._damaged(f"the file {sha256[:12]}… is not what its name says")
        self._sum.add(member.name, member.size, sha256)
        self._blobs += 1

    def _content(self, member: tarfile.TarInfo) -> bytes:
        if member.size > _LARGEST_PART:
            raise self._damaged("a part of it is larger than any can be")
        content: bytes = self._source(member).read()
        self._sum.add(member.name, len(content), hashlib.sha256(content).hexdigest())
        return content

    def _source(self, member: tarfile.TarInfo) -> Any:
        source = self._tar.extractfile(member) if member.isreg() else None
        if source is None:
            raise self._damaged("there is something in it that is no file")
        return source

    def _model(self, kind: type[_Kind], content: bytes) -> _Kind:
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            raise self._damaged("what it says of itself cannot be read") from error

    def _damaged(self, what: str) -> DamagedBackupError:
        return DamagedBackupError(self._path, what)


class _Format(BaseModel):
    """What every format's header has; the rest may be another one."""

    format: int
