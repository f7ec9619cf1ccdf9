"""Writes a backup while the service runs: one moment of the database, and the blobs that its log names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Select, Table, func, select

from app.domain.progress import Counted, uncounted
from app.service import schema
from app.service.admin import opened
from app.service.backup_file import CHUNK, ERASURES, FORMAT, HEADER, BackupWriter, Header, blob_name
from app.service.blob_access import BlobAccess, blobs_of
from app.service.erasures import Erasures
from app.service.errors import BackupExistsError, BackupFileError
from app.service.rows import shapes_of, to_line
from app.service.settings import ServiceSettings
from app.service.tables import FLEETING, blob_names, log, metadata, uploads
from app.system.clock import Clock, SystemClock, new_id
from app.system.paths import PRIVATE_FILE, settle

_PART = 4 * 1024 * 1024
_ROWS_AT_ONCE = 1000


_KEPT = tuple(table for table in metadata.sorted_tables if table.name not in FLEETING)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds. `missing` are blobs that the log names, and that are not here or not whole."""

    file: Path
    events: int
    people: int
    blobs: int
    bytes: int
    missing: tuple[str, ...]


def back_up(
    settings: ServiceSettings, file: Path, on_progress: Counted = uncounted, clock: Clock | None = None
) -> BackedUp:
    """Write a backup into a new file that the owner alone can read: whole, or none at all. The service may run.

    `on_progress` is told rows and blobs done, and of how many. Raises `BackupExistsError`, `BackupFileError`, and what
    `opened` raises.
    """
    database = opened(settings)
    try:
        with _draft(file) as draft, database.read() as connection:
            work = _Backup(connection, blobs_of(settings), BackupWriter(draft), on_progress)
            work.write_header(clock or SystemClock())
            work.write_erasures(Erasures(settings.erasures))
            missing = work.write_blobs()
            rows = work.write_tables(missing)
            work.finish(rows, missing)
        return BackedUp(file, rows["events"], rows["people"], work.blobs, file.stat().st_size, tuple(sorted(missing)))
    finally:
        database.close()


@dataclass
class _Backup:
    """One backup, in one transaction that sees one moment."""

    connection: Connection
    files: BlobAccess
    writer: BackupWriter
    on_progress: Counted
    blobs: int = 0
    _done: int = 0
    _total: int = field(init=False)

    def __post_init__(self) -> None:
        counts = [select(func.count()).select_from(table) for table in _KEPT]
        named = select(func.count(blob_names.c.sha256.distinct()))
        self._total = sum(self.connection.execute(count).scalar_one() for count in (*counts, named))

    def write_header(self, clock: Clock) -> None:
        row = self.connection.execute(select(log)).one()
        header = Header(
            format=FORMAT,
            revision=schema.revision(self.connection) or "",
            provider=row.provider,
            version=row.version,
            at=clock.now(),
            tables={table.name: shapes_of(table) for table in _KEPT},
        )
        self.writer.add(HEADER, header.model_dump_json().encode())

    def write_erasures(self, erasures: Erasures) -> None:
        self.writer.add(ERASURES, erasures.content())

    def write_blobs(self) -> set[str]:
        """All that the log names. Returns those that could not be had."""
        missing = set()
        for sha256 in self._each(select(blob_names.c.sha256).distinct().order_by(blob_names.c.sha256)):
            if self._write_blob(sha256):
                self.blobs += 1
            else:
                missing.add(sha256)
            self._step()
        return missing

    def write_tables(self, missing: set[str]) -> dict[str, int]:
        return {table.name: self._write_table(table, missing) for table in _KEPT}

    def finish(self, rows: dict[str, int], missing: set[str]) -> None:
        self.writer.finish(rows, self.blobs, tuple(sorted(missing)))
        self.on_progress(self._total, self._total)

    def _write_blob(self, sha256: str) -> bool:
        """Proven first, since what is in the file cannot be taken back."""
        size = self.files.proven_size(sha256)
        if size is None:
            return False
        self.writer.add_stream(blob_name(sha256), self.files.read(sha256), size, sha256)
        return True

    def _write_table(self, table: Table, missing: set[str]) -> int:
        shapes = shapes_of(table)
        count, parts = 0, 0
        lines = bytearray()
        query = select(table).order_by(*table.primary_key.columns)
        if table is uploads:  # one that no event names has no blob here; its device sends it again
            query = query.where(uploads.c.sha256.in_(select(blob_names.c.sha256)))
        for row in self._rows(query):
            self._step()
            if table is uploads and row.sha256 in missing:
                continue
            lines += to_line(row, shapes)
            count += 1
            if len(lines) > _PART:
                parts += 1
                self._write_part(table, parts, lines)
        if lines:
            self._write_part(table, parts + 1, lines)
        return count

    def _write_part(self, table: Table, number: int, lines: bytearray) -> None:
        self.writer.add(f"tables/{table.name}.{number:06}.jsonl", bytes(lines))
        lines.clear()

    def _rows(self, query: Select) -> Iterator:  # type: ignore[type-arg]
        yield from self.connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)

    def _each(self, query: Select) -> Iterator[str]:  # type: ignore[type-arg]
        for row in self._rows(query):
            yield row[0]

    def _step(self) -> None:
        self._done += 1
        self.on_progress(self._done, self._total)


@contextmanager
def _draft(file: Path) -> Iterator[BinaryIO]:
    """A private file beside it, which takes its name once all of it is on the disk; else nothing is left."""
    if file.exists():
        raise BackupExistsError(file)
    draft = file.with_name(f".{file.name}.{new_id()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb", CHUNK) as content:
            yield content
            content.flush()
            os.fsync(content.fileno())
        _name(draft, file)
    except OSError as error:
        raise BackupFileError(file, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _name(draft: Path, file: Path) -> None:
    """Give the draft its name, unless a file has that by now."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise BackupExistsError(file) from None
    except OSError:  # a disk that knows no links: looked at once more, and then moved
        if file.exists():
            raise BackupExistsError(file) from None
        draft.replace(file)
    settle(file.parent)
