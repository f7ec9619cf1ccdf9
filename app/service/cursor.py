"""How far a device has read: `EPOCH:VERSION:TAG`, opaque to the device.

The epoch is the log's own random name, the tag the end of the newest event's id. A service that was set up anew, or
whose restored backup is behind what a device has seen or has gone on otherwise, is noticed by them.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from app.service.problems import UNKNOWN_EPOCH, Problem
from app.service.tables import events, log

_FORM = re.compile(r"(?P<epoch>[0-9a-f]{32}):(?P<version>[0-9]{1,18})(?::(?P<tag>[0-9a-f]{12}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in one log, after the event of this version and id. There is none in an empty log."""

    epoch: str
    version: int
    event_id: UUID | None

    def __str__(self) -> str:
        return f"{self.epoch}:{self.version}" + (f":{_tag(self.event_id)}" if self.event_id else "")


def log_end(connection: Connection) -> Cursor:
    """The place after the newest event."""
    row = connection.execute(select(log.c.epoch, log.c.version)).one()
    return place_after(connection, row.epoch, row.version)


def place_after(connection: Connection, epoch: str, version: int) -> Cursor:
    """The place after the event of this version in the log of this epoch."""
    return Cursor(epoch, version, _event_at(connection, version))


def check(connection: Connection, untrusted_cursor: str | None, end: Cursor) -> int:
    """The version that a device has read up to; 0 where it has no cursor.

    Raises a 409 problem where the cursor is not of this log, or lies after its end.
    """
    if not untrusted_cursor:
        return 0
    match = _FORM.fullmatch(untrusted_cursor)
    if match is None or match["epoch"] != end.epoch or not _is_in(connection, match, end):
        raise Problem(
            409,
            "The service's log is another one than this device has read. Read it from the start, without a cursor.",
            kind=UNKNOWN_EPOCH,
        )
    return int(match["version"])


def _is_in(connection: Connection, match: re.Match[str], end: Cursor) -> bool:
    """Whether the log still has the event at which the device stands. Cursors were once given without a tag."""
    version = int(match["version"])
    if version > end.version:
        return False
    if match["tag"] is None:
        return True
    event_id = end.event_id if version == end.version else _event_at(connection, version)
    return event_id is not None and _tag(event_id) == match["tag"]


def _event_at(connection: Connection, version: int) -> UUID | None:
    found: UUID | None = connection.execute(select(events.c.id).where(events.c.version == version)).scalar()
    return found


def _tag(event_id: UUID) -> str:
    return event_id.hex[-12:]
