"""How far a device has read: `EPOCH:VERSION`, opaque to the device.

The epoch is the log's own random name. A service that was set up anew, or whose restored backup is behind
what a device has seen, is noticed by it.
"""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.service.problems import UNKNOWN_EPOCH, Problem
from app.service.tables import log

_FORM = re.compile(r"(?P<epoch>[0-9a-f]{32}):(?P<version>[0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in one log."""

    epoch: str
    version: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.version}"


def log_end(connection: Connection) -> Cursor:
    """The place after the newest event."""
    row = connection.execute(select(log.c.epoch, log.c.version)).one()
    return Cursor(row.epoch, row.version)


def check(untrusted_cursor: str | None, end: Cursor) -> int:
    """The version that a device has read up to; 0 where it has no cursor.

    Raises a 409 problem where the cursor is not of this log, or lies after its end.
    """
    if not untrusted_cursor:
        return 0
    match = _FORM.fullmatch(untrusted_cursor)
    if match is None or match["epoch"] != end.epoch or int(match["version"]) > end.version:
        raise Problem(
            409,
            "The service's log is another one than this device has read. Read it from the start, without a cursor.",
            kind=UNKNOWN_EPOCH,
        )
    return int(match["version"])
