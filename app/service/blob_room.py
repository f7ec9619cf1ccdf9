"""Who may send how much: uploads are noted before their first byte, so that they can be counted, and collected."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select, update

from app.service.database import Database, lock_log
from app.service.problems import collected_meanwhile, no_room, quota_used_up, too_large
from app.service.settings import Limits
from app.service.tables import arrivals, blob_names, removals, uploads
from app.service.tokens import Caller

UNNAMED_LIFE = timedelta(days=7)
"""How long a file is kept that no event names, and how long an upload may pause."""
_NOTED_AGAIN = timedelta(hours=1)
_RENEWED = timedelta(days=1)


def bound_of(limits: Limits, caller: Caller) -> int:
    """How many bytes of this person's files may lie here that no event names yet."""
    return limits.unnamed_of_staff if caller.is_staff else limits.unnamed_of_customer


def require_space(data: Path, limits: Limits, coming: int) -> None:
    """Raises a 507 problem where the data folder's disk would be too full after so many bytes more."""
    if shutil.disk_usage(data).free - coming < limits.min_free:
        raise no_room()


def note_arrival(database: Database, caller: Caller, sha256: str, length: int, bound: int, now: datetime) -> None:
    """Note that this upload goes on: until a week from now nobody removes what has come of it.

    Raises a 413 or 507 problem where it is more than this person may have here.
    """
    if length > bound:
        raise too_large("The file", bound)
    with database.read() as connection:
        if _is_noted(connection, caller, sha256, length, now):
            return
    with database.write() as connection:
        lock_log(connection)  # whoever collects waits, and so do this person's other devices
        connection.execute(delete(removals).where(removals.c.sha256 == sha256))  # it is wanted again
        if _held(connection, caller, sha256, now) + length > bound:
            raise quota_used_up(bound)
        connection.execute(delete(arrivals).where(_this_one(caller, sha256)))
        connection.execute(insert(arrivals).values(sha256=sha256, person=caller.author.id, size=length, at=now))


def note_whole(database: Database, caller: Caller, sha256: str, size: int, now: datetime) -> None:
    """The blob lies in the store. Raises a 503 problem where it was collected meanwhile: the clock was set."""
    mine = and_(uploads.c.sha256 == sha256, uploads.c.person == caller.author.id)
    with database.write() as connection:
        was_noted = connection.execute(delete(arrivals).where(_this_one(caller, sha256))).rowcount
        is_here = connection.execute(select(uploads.c.sha256).where(mine)).first() is not None
        if not was_noted and not is_here:
            raise collected_meanwhile()
        if not is_here:  # else two devices of one person sent the same
            connection.execute(insert(uploads).values(sha256=sha256, person=caller.author.id, size=size, at=now))


def note_dropped(database: Database, caller: Caller, sha256: str) -> None:
    """What came was dropped."""
    with database.write() as connection:
        connection.execute(delete(arrivals).where(_this_one(caller, sha256)))


def renew(database: Database, caller: Caller, sha256: str, now: datetime) -> None:
    """Whoever asks whether it is here is about to name it: its week begins anew, once a day."""
    mine = and_(uploads.c.sha256 == sha256, uploads.c.at < now - _RENEWED)
    if not caller.is_staff:
        mine = and_(mine, uploads.c.person == caller.author.id)
    with database.read() as connection:
        if connection.execute(select(uploads.c.sha256).where(mine, ~is_named(uploads.c.sha256))).first() is None:
            return
    with database.write() as connection:
        lock_log(connection)
        connection.execute(update(uploads).where(mine).values(at=now))


def is_named(sha256: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an event names the blob."""
    return exists().where(blob_names.c.sha256 == sha256)


def _this_one(caller: Caller, sha256: str) -> ColumnElement[bool]:
    return and_(arrivals.c.sha256 == sha256, arrivals.c.person == caller.author.id)


def _is_noted(connection: Connection, caller: Caller, sha256: str, length: int, now: datetime) -> bool:
    row = connection.execute(select(arrivals.c.size, arrivals.c.at).where(_this_one(caller, sha256))).one_or_none()
    return row is not None and row.size == length and abs(now - row.at) < _NOTED_AGAIN


def _held(connection: Connection, caller: Caller, sha256: str, now: datetime) -> int:
    """The bytes of this person's other files that no event names, those under way whole. Older ones are collected.

    Asked at one moment: on PostgreSQL, one that another copy notes as whole between two questions would be in neither.
    """
    person: UUID = caller.author.id
    whole = select(func.coalesce(func.sum(uploads.c.size), 0)).where(
        uploads.c.person == person, uploads.c.at > now - UNNAMED_LIFE - _RENEWED, ~is_named(uploads.c.sha256)
    )
    coming = select(func.coalesce(func.sum(arrivals.c.size), 0)).where(
        arrivals.c.person == person, arrivals.c.sha256 != sha256
    )
    return int(connection.execute(select(whole.scalar_subquery() + coming.scalar_subquery())).scalar_one())
