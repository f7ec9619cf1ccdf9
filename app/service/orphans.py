"""Takes away what nobody has a use for: whole blobs that no event names, and uploads that never ended, after a week.

An event that names a blob and its collection wait for each other at the log's row, and so does an upload that begins:
what is decided there holds. A blob leaves in two steps. First, with the log locked, its rows go and it is noted among
`removals`. Then, with that note locked, it is removed from the store and the note goes; an upload that begins in
between takes the note away, and the blob stays. Any number may collect at once.

The week is counted by the service's clock from what the database says. What it does not know of begins its week now.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, Select, Table, delete, exists, func, insert, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from app.domain.records import Record
from app.service.blob_parts import Part, Parts
from app.service.blob_room import UNNAMED_LIFE, is_named
from app.service.blob_store import BlobStore
from app.service.database import Database, lock_log
from app.service.errors import ServiceError
from app.service.tables import arrivals, blob_names, removals, uploads
from app.system.clock import Clock

_log = logging.getLogger(__name__)
_NOBODY = UUID(int=0)
_AT_ONCE = 200  # pushes wait meanwhile
_CLOSING_SECONDS = 5.0
FIRST_SECONDS = 300.0
"""How long a service runs before it looks for the first time."""
EVERY_SECONDS = 86_400.0
"""How long it waits between two looks."""


class Collected(Record):
    """What was taken away: blobs with their bytes, and parts of uploads."""

    blobs: int = 0
    bytes: int = 0
    parts: int = 0


def let_go(connection: Connection, person: UUID, blobs: Collection[str]) -> None:
    """Have what this person sent for an event that may not name it any more leave with the next collection.

    Nobody can read it from now on, unless somebody else has it, or an event names it. The log is locked.
    """
    if blobs:
        sent = (uploads.c.sha256.in_(blobs), uploads.c.person == person, ~is_named(uploads.c.sha256))
        connection.execute(delete(uploads).where(*sent))
        _note(connection, blobs)


@dataclass(frozen=True, slots=True)
class Orphans:
    """What they are collected from. Blocking."""

    database: Database
    store: BlobStore
    parts: Parts
    clock: Clock

    def collect(self) -> Collected:
        """Take away what is old enough. Raises `BlobStoreError`, `OSError` or SQLAlchemy's errors: call it again."""
        now = self.clock.now()
        self._adopt(now)
        parts = self._drop_arrivals(now - UNNAMED_LIFE)
        blobs = self._condemn(now - UNNAMED_LIFE)
        self._remove()
        return Collected(blobs=len(blobs), bytes=sum(blobs), parts=parts)

    def _adopt(self, now: datetime) -> None:
        """Note what the database does not know of: from before it was restored, or an earlier program's."""
        for part in self.parts.listing():
            self._adopt_one(part, (arrivals,), now)
        for blob in self.store.listing():
            self._adopt_one(Part(blob.sha256, _NOBODY, blob.size), (arrivals, uploads, blob_names, removals), now)

    def _adopt_one(self, part: Part, known_in: Sequence[Table], now: datetime) -> None:
        with self.database.read() as connection:
            if _is_known(connection, part, known_in):
                return
        with self.database.write() as connection:
            lock_log(connection)
            if not _is_known(connection, part, known_in):
                values = {"sha256": part.sha256, "person": part.person, "size": part.size, "at": now}
                connection.execute(insert(arrivals).values(values))

    def _drop_arrivals(self, before: datetime) -> int:
        """Have uploads gone that were not heard of since. What may have come into the store of them goes, too."""
        count = 0
        while True:
            with self.database.write() as connection:
                lock_log(connection)
                query = select(arrivals.c.sha256, arrivals.c.person).where(arrivals.c.at < before).limit(_AT_ONCE)
                old = [(row.sha256, row.person) for row in connection.execute(query)]
                for sha256, person in old:
                    self.parts.discard(sha256, person)
                if old:
                    connection.execute(delete(arrivals).where(tuple_(arrivals.c.sha256, arrivals.c.person).in_(old)))
                    _note(connection, [sha256 for sha256, _ in old])
            count += len(old)
            if len(old) < _AT_ONCE:
                return count

    def _condemn(self, before: datetime) -> list[int]:
        """Note for removal what no event has named since. Returns how many bytes each is."""
        with self.database.read() as connection:
            every = list(connection.execute(_old(before)))
        sizes: list[int] = []
        for start in range(0, len(every), _AT_ONCE):
            some = [row.sha256 for row in every[start : start + _AT_ONCE]]
            with self.database.write() as connection:
                lock_log(connection)  # whoever names one of them now has come first, or finds it gone
                still = list(connection.execute(_old(before).where(uploads.c.sha256.in_(some))))
                gone = [row.sha256 for row in still]
                connection.execute(delete(uploads).where(uploads.c.sha256.in_(gone)))
                _note(connection, gone)
            sizes += [row.size for row in still]
        return sizes

    def _remove(self) -> None:
        """Remove what is noted, by us or by one who was cut off."""
        with self.database.read() as connection:
            noted = connection.execute(select(removals.c.sha256)).scalars().all()
        for sha256 in noted:
            self._remove_one(sha256)

    def _remove_one(self, sha256: str) -> None:
        this = removals.c.sha256 == sha256
        with self.database.write() as connection:
            query = select(removals.c.sha256).where(this).with_for_update(skip_locked=True)
            if connection.execute(query).first() is None:
                return  # it is wanted again, or another copy is at it
            self.store.remove(sha256)
            connection.execute(delete(removals).where(this))


async def keep_collecting(orphans: Orphans) -> None:
    """Collect now and then, until cancelled. What is under way then is waited for, unless the store holds it up."""
    pause = FIRST_SECONDS
    while True:
        await asyncio.sleep(pause)
        pause = EVERY_SECONDS
        collecting = asyncio.create_task(_collect(orphans))
        try:
            await asyncio.shield(collecting)
        except asyncio.CancelledError:
            await asyncio.wait([collecting], timeout=_CLOSING_SECONDS)
            collecting.cancel()
            raise


async def _collect(orphans: Orphans) -> None:
    try:
        collected = await to_thread.run_sync(orphans.collect, limiter=CapacityLimiter(1), abandon_on_cancel=True)
    except (SQLAlchemyError, ServiceError, OSError) as error:
        _log.warning("files that nobody needs are not collected at the moment", exc_info=error)
        return
    if collected != Collected():
        _log.info("collected: blobs %d, bytes %d, parts %d", collected.blobs, collected.bytes, collected.parts)


def _is_known(connection: Connection, part: Part, tables: Sequence[Table]) -> bool:
    """An upload under way is one person's; a whole blob is anybody's."""
    for table in tables:
        query = select(table.c.sha256).where(table.c.sha256 == part.sha256)
        if part.person != _NOBODY:
            query = query.where(table.c.person == part.person)
        if connection.execute(query.limit(1)).first() is not None:
            return True
    return False


def _old(before: datetime) -> Select[tuple[str, int]]:
    """Blobs, with their sizes, that came before then, that no event names and nobody sends."""
    return (
        select(uploads.c.sha256, func.max(uploads.c.size).label("size"))
        .where(~is_named(uploads.c.sha256), ~exists().where(arrivals.c.sha256 == uploads.c.sha256))
        .group_by(uploads.c.sha256)
        .having(func.max(uploads.c.at) < before)
    )


def _note(connection: Connection, candidates: Collection[str]) -> None:
    """Note these for removal, but for those that somebody has, sends or names."""
    free = set(candidates)
    for table in (uploads, arrivals, blob_names, removals):
        free -= set(connection.execute(select(table.c.sha256).where(table.c.sha256.in_(candidates))).scalars())
    if free:
        connection.execute(insert(removals), [{"sha256": sha256} for sha256 in sorted(free)])
