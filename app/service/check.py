"""Looks whether all that the service keeps is whole, and says in sentences what is not. Changes nothing."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.domain import streams
from app.domain.events import Event, Stream, named_blobs
from app.domain.progress import Counted, uncounted
from app.service import engines
from app.service.admin import opened
from app.service.blob_access import BlobAccess, blobs_of
from app.service.blob_room import UNNAMED_LIFE
from app.service.database import Database
from app.service.errors import BlobStoreError, NoBlobError
from app.service.settings import ServiceSettings
from app.service.tables import arrivals, blob_names, events, log, metadata, uploads
from app.system.clock import Clock, SystemClock

_MOST_TOLD = 20
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it: a sentence each. `read` tells that files were read whole."""

    events: int
    cases: int
    blobs: int
    read: bool
    faults: tuple[str, ...]


def check(
    settings: ServiceSettings,
    *,
    read_blobs: bool = False,
    on_progress: Counted = uncounted,
    clock: Clock | None = None,
) -> Checked:
    """Look at all of it, in one moment of the database; the service may run. `read_blobs` reads every file whole.

    `on_progress` is told events and files done, and of how many. Raises what `opened` raises.
    """
    database, work = opened(settings), None
    faults = _Faults()
    try:
        with database.read() as connection:
            work = _Check(connection, blobs_of(settings), read_blobs, on_progress, faults)
            work.look(clock or SystemClock())
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        faults.add("database", f"The database cannot be read on: {said}. What follows was not looked at.")
    finally:
        database.close()
    _look_at_files(settings, database, faults)
    seen = (work.events, work.cases, work.blobs) if work else (0, 0, 0)
    return Checked(*seen, read_blobs, faults.sentences)


@dataclass
class _Faults:
    """Sentences, the first ones of each kind."""

    _by_kind: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, sentence: str) -> None:
        """One more, which counts no longer where there are very many of its kind."""
        some = self._by_kind.setdefault(kind, [])
        if len(some) <= _MOST_TOLD:
            some.append(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them; of a kind with very many, that there are more."""
        found: list[str] = []
        for kind, some in self._by_kind.items():
            found += some[:_MOST_TOLD]
            if len(some) > _MOST_TOLD:
                found.append(f"There are more of the kind “{kind}”.")
        return tuple(found)


@dataclass
class _Check:
    """One look at a database, in one transaction."""

    connection: Connection
    files: BlobAccess
    read_blobs: bool
    on_progress: Counted
    faults: _Faults
    events: int = 0
    cases: int = 0
    blobs: int = 0
    _total: int = 0

    def look(self, clock: Clock) -> None:
        counts = (select(func.count()).select_from(events), select(func.count(blob_names.c.sha256.distinct())))
        self._total = sum(self.connection.execute(count).scalar_one() for count in counts)
        self._look_at_tables()
        self._look_at_versions()
        self._look_at_devices()
        self._look_at_events()
        self._look_at_blobs()
        self._look_for_unnamed(clock)
        self.on_progress(self._total, self._total)

    def _look_at_tables(self) -> None:
        """SQLite proves its own pages and indexes; of PostgreSQL every row is read, which proves what it can prove."""
        if self.connection.dialect.name == engines.SQLITE:
            for (said,) in self.connection.execute(text("PRAGMA integrity_check")):
                if said != "ok":
                    self.faults.add("database", f"The database's file is damaged: {said}.")
            for row in self.connection.execute(text("PRAGMA foreign_key_check")):
                self.faults.add("database", f"A row of “{row[0]}” points to one of “{row[2]}” that is not there.")
            return
        for table in metadata.sorted_tables:
            for _ in self._rows(select(table)):
                pass

    def _look_at_versions(self) -> None:
        held = self.connection.execute(select(log.c.version)).scalars().all()
        if len(held) != 1:
            self.faults.add("log", f"The log has {len(held)} rows where there is one.")
        count, first, last = self.connection.execute(
            select(func.count(), func.min(events.c.version), func.max(events.c.version))
        ).one()
        if held and held[0] != (last or 0):
            self.faults.add("log", f"The newest event has version {last or 0}, and the log counts {held[0]}.")
        if count and (first, last) != (1, count):
            expected = 1
            for (version,) in self._rows(select(events.c.version).order_by(events.c.version)):
                if version != expected:
                    self.faults.add("versions", f"No event has version {expected}; the next one is {version}.")
                expected = version + 1

    def _look_at_devices(self) -> None:
        """The tables forbid it; a database that was mended by hand may not."""
        query = (select(events.c.device, events.c.device_seq).group_by(events.c.device, events.c.device_seq)).having(
            func.count() > 1
        )
        for row in self.connection.execute(query):
            self.faults.add("devices", f"The device {row.device} has more than one event with number {row.device_seq}.")

    def _look_at_events(self) -> None:
        """Case by case, so that a large log needs little memory."""
        rows = self._rows(select(events).order_by(events.c.stream_id, events.c.version))
        for stream, some in groupby(rows, key=lambda row: row.stream_id):
            read = [event for row in some if (event := self._event(row)) is not None]
            if read:
                self.cases += read[0].stream is Stream.CASE
                self._look_at_stream(stream, read)

    def _look_at_stream(self, name: UUID, read: Sequence[Event]) -> None:
        what = read[0].stream.value
        if len({event.stream for event in read}) > 1:
            self.faults.add("cases", f"The {what} {name} is something else too.")
            return
        try:
            state = streams.fold(read[0].stream, name, read)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are looked at too
            self.faults.add("cases", f"The {what} {name} cannot be put together ({type(error).__name__}).")
            return
        if not state.is_begun:
            self.faults.add("cases", f"The {what} {name} was never opened.")

    def _event(self, row: Row[Any]) -> Event | None:
        self.events += 1
        self.on_progress(self.events, self._total)
        try:
            event = Event.model_validate_json(row.event)
        except ValidationError:
            self.faults.add("events", f"The event of version {row.version} cannot be read.")
            return None
        told = (event.id, event.device, event.device_seq, event.stream.value, event.stream_id, event.kind)
        if told != (row.id, row.device, row.device_seq, row.stream, row.stream_id, row.kind):
            self.faults.add("events", f"The event of version {row.version} is not the one that its row tells of.")
        query = select(blob_names.c.sha256).where(blob_names.c.version == row.version)
        if (names := named_blobs(event)) and set(names) != set(self.connection.execute(query).scalars()):
            self.faults.add("events", f"The files that the event of version {row.version} names are not all known.")
        return event

    def _look_at_blobs(self) -> None:
        size = select(func.max(uploads.c.size)).where(uploads.c.sha256 == blob_names.c.sha256).scalar_subquery()
        query = select(blob_names.c.sha256, size.label("size")).group_by(blob_names.c.sha256)
        for row in self._rows(query.order_by(blob_names.c.sha256)):
            sha256 = row.sha256
            self.blobs += 1
            fault = self._wrong_with(sha256, row.size)
            if fault:
                self.faults.add("files", f"The file {sha256} that the log names {fault}.")
            self.on_progress(self.events + self.blobs, self._total)

    def _wrong_with(self, sha256: str, expected: int | None) -> str:
        try:
            size = self.files.size(sha256)
            is_whole = not self.read_blobs or self.files.proven_size(sha256) == size
        except NoBlobError:
            return "is not there"
        except BlobStoreError as error:
            return f"cannot be read ({error})"
        if expected is None:
            return "was never taken in whole"
        if size != expected:
            return f"has {size} bytes instead of {expected}"
        return "" if is_whole else "is damaged"

    def _look_for_unnamed(self, clock: Clock) -> None:
        """A file that the database has not heard of is noted by the service's next look, and its week begins then."""
        before = clock.now() - UNNAMED_LIFE
        for blob in self.files.all():
            since = self._came_at(blob.sha256)
            named = select(blob_names.c.sha256).where(blob_names.c.sha256 == blob.sha256)
            if since is not None and since < before and self.connection.execute(named).first() is None:
                self.faults.add(
                    "unnamed", f"The file {blob.sha256} lies there since {since:%Y-%m-%d} and no event names it."
                )

    def _came_at(self, sha256: str) -> datetime | None:
        moments = [
            moment
            for table in (uploads, arrivals)
            for moment in self.connection.execute(select(table.c.at).where(table.c.sha256 == sha256)).scalars()
        ]
        return max(moments, default=None)

    def _rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """Some at a time; other questions may be asked meanwhile."""
        yield from self.connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})


def _look_at_files(settings: ServiceSettings, database: Database, faults: _Faults) -> None:
    """Who else may read them. The data folder itself was closed to others as it was opened."""
    private = [settings.erasures, *([] if database.is_shared else [database.file])]
    for path in private:
        if sys.platform != "win32" and path.exists() and path.stat().st_mode & 0o077:
            faults.add("permissions", f"Others on this machine can use {path}: `chmod 600` and its name closes it.")
