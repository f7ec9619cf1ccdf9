"""The clock and the ids made by it. Pure code takes the moment as an argument; this is where it comes from."""

import sys
import time
from datetime import UTC, datetime, timedelta
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


class UnstoppedClock:
    """UTC for what must run out in time: it never goes back, and goes on while the machine sleeps.

    Where somebody sets the machine's own clock back, it goes on from where it was; set forward, it follows.
    """

    def __init__(self) -> None:
        self._began = (datetime.now(UTC), _seconds_since_boot())

    def now(self) -> datetime:
        """The moment, in UTC."""
        began, boot = self._began
        return max(datetime.now(UTC), began + timedelta(seconds=_seconds_since_boot() - boot))


def _seconds_since_boot() -> float:
    """Seconds of a clock that goes on while the machine sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # counts sleep there, unlike `time.monotonic`
    return time.monotonic()


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): sorts by the moment it was made, and its end is random."""
    return uuid_utils.compat.uuid7()
