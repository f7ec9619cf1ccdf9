"""The clock and the ids made by it. Pure code takes the moment as an argument; this is where it comes from."""

from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import uuid_utils.compat


class Clock(Protocol):
    """Tells the time. Tests hand in one that they can set."""

    def now(self) -> datetime:
        """The moment, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): sorts by the moment it was made, and its end is random."""
    return uuid_utils.compat.uuid7()
