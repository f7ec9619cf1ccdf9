"""Puts a backup in a service's place: checked from end to end first, then all of it or nothing.

The log that comes of it has a new epoch: devices read it from its start and send what it lacks of their own. What was
there before is kept beside; whoever was erased or sent away since the backup was made stays so.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, insert, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.domain.progress import Counted, uncounted
from app.service import schema
from app.service.admin import new_epoch, provider_of
from app.service.backup_file import Header, go_through
from app.service.blob_access import blobs_of
from app.service.database import Database
from app.service.engines import POSTGRESQL
from app.service.erase import erase_again, remove_blobs
from app.service.erasures import Erasure, Erasures, read_erasures
from app.service.errors import (
    DamagedBackupError,
    DatabaseError,
    NewerBackupError,
    ServiceError,
    ServiceRunsError,
    ServiceThereError,
)
from app.service.lock import take
from app.service.moving import number_on
from app.service.placing import place
from app.service.rows import from_lines, table_of
from app.service.settings import ServiceSettings
from app.service.tables import codes, log, people
from app.system.paths import private_folder


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup brought back. `kept` is where the service that was there before lies now, if there was one.

    `missing` are blobs that its log names and that it did not hold. `erased` are people who were erased anew.
    """

    at: datetime
    events: int
    people: int
    blobs: int
    missing: tuple[str, ...]
    kept: str | None
    erased: int


def restore(
    settings: ServiceSettings, file: Path, *, replace: bool = False, on_progress: Counted = uncounted
) -> Restored:
    """Put the backup where `settings` point. `on_progress` is told bytes read, of both times that the file is read.

    Without `replace` there may be no service yet. Raises the `BackupError` tree before anything was changed, or
    `DatabaseError`; then all is as it was.
    """
    header, manifest = go_through(file, _Check(file), lambda done, size: on_progress(done, 2 * size))
    private_folder(settings.data)
    with _alone(settings.data):
        taken = _is_taken(settings)
        if taken and not replace:
            raise ServiceThereError
        work = _Restoring(settings, file, lambda done, size: on_progress(size + done, 2 * size))
        work.read_what_stays()
        kept = place(settings, work.into, taken=taken)
        _remove_blobs(settings, work.gone)
    rows = manifest.rows
    return Restored(header.at, rows["events"], rows["people"], manifest.blobs, manifest.missing, kept, work.erased)


class _Check:
    """Looks at everything, keeps nothing."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._header: Header | None = None

    def header(self, header: Header) -> None:
        if header.revision not in schema.known_revisions():
            raise NewerBackupError(self._file)
        if {"log", "events", "people"} - header.tables.keys():
            raise DamagedBackupError(self._file, "what it says of itself cannot be right")
        self._header = header

    def erasures(self, lines: bytes) -> None:
        read_erasures(lines)

    def blob(self, sha256: str, chunks: Iterator[bytes]) -> None:
        for _ in chunks:
            pass

    def rows(self, table: str, lines: bytes) -> int:
        assert self._header is not None  # noqa: S101 - the file's reader begins with it
        try:
            return len(from_lines(lines, self._header.tables[table]))
        except ValueError as error:
            raise DamagedBackupError(self._file, f"rows of “{table}” cannot be read") from error


class _Restoring:
    """The second way through the file: into a database, and among the blobs."""

    def __init__(self, settings: ServiceSettings, file: Path, on_progress: Counted) -> None:
        self._settings, self._file, self._on_progress = settings, file, on_progress
        self._files = blobs_of(settings)
        self._connection: Connection | None = None
        self._header: Header | None = None
        self._listed: tuple[Erasure, ...] = ()
        self._sent_away: tuple[UUID, ...] = ()
        self._used: tuple[str, ...] = ()
        self.gone: set[str] = set()
        self.erased = 0

    def read_what_stays(self) -> None:
        """Who was sent away and which codes were used, as the service knows that is there now. It may be damaged."""
        with suppress(ServiceError, SQLAlchemyError):
            database = Database(self._settings)
            try:
                with database.read() as connection:
                    if inspect(connection).has_table(people.name):
                        out = select(people.c.id).where(people.c.revoked_at.is_not(None))
                        used = select(codes.c.hash).where(codes.c.used_at.is_not(None))
                        self._sent_away = tuple(connection.execute(out).scalars())
                        self._used = tuple(connection.execute(used).scalars())
            finally:
                database.close()

    def into(self, connection: Connection) -> None:
        """Write all of it, in the connection's transaction. The database has no tables yet."""
        self._connection = connection
        go_through(self._file, self, self._on_progress)
        schema.upgrade(connection)
        connection.execute(update(log).values(epoch=new_epoch()))
        if connection.dialect.name == POSTGRESQL:
            number_on(connection)
        now = datetime.now(UTC)
        for person in self._sent_away:
            out = update(people).where(people.c.id == person, people.c.revoked_at.is_(None))
            connection.execute(out.values(revoked_at=now))
        for code in self._used:
            connection.execute(update(codes).where(codes.c.hash == code, codes.c.used_at.is_(None)).values(used_at=now))
        self._erase_again(connection)

    def header(self, header: Header) -> None:
        self._header = header
        schema.upgrade(self._at(), header.revision)

    def erasures(self, lines: bytes) -> None:
        self._listed = read_erasures(lines)

    def blob(self, sha256: str, chunks: Iterator[bytes]) -> None:
        if self._files.proven_size(sha256) is not None:
            for _ in chunks:
                pass
        elif not self._files.put(sha256, chunks):
            raise DamagedBackupError(self._file, f"the file {sha256[:12]}… is not what its name says")

    def rows(self, table: str, lines: bytes) -> int:
        assert self._header is not None  # noqa: S101 - the file's reader begins with it
        shapes = self._header.tables[table]
        found = from_lines(lines, shapes)
        if found:
            self._at().execute(insert(table_of(table, shapes)), found)
        return len(found)

    def _erase_again(self, connection: Connection) -> None:
        listed = Erasures(self._settings.erasures)
        listed.add(*self._listed)
        before = set(connection.execute(select(people.c.id, people.c.name)))
        self.gone = erase_again(connection, listed.all())
        self.erased = len(before - set(connection.execute(select(people.c.id, people.c.name))))

    def _at(self) -> Connection:
        assert self._connection is not None  # noqa: S101 - set before the file is read
        return self._connection


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    try:
        lock = take(data, alone=True)
    except OSError as error:
        raise DatabaseError(f"{data}: {error.strerror}") from error
    if lock is None:
        raise ServiceRunsError
    try:
        yield
    finally:
        lock.release()


def _is_taken(settings: ServiceSettings) -> bool:
    """Whether anything is there that is not an empty database. What cannot be read is something."""
    try:
        database = Database(settings)
    except DatabaseError:
        if settings.database_url.startswith("sqlite"):
            return True
        raise
    try:
        return provider_of(database) is not None
    except (ServiceError, SQLAlchemyError):
        return True
    finally:
        database.close()


def _remove_blobs(settings: ServiceSettings, blobs: set[str]) -> None:
    database = Database(settings)
    try:
        remove_blobs(database, blobs_of(settings), blobs)
    finally:
        database.close()
