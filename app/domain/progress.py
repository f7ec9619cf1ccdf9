"""How far long work has come, and what waits: facts that the store and sync tell, and that people see."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """The kinds of work that can take long."""

    SEND = "send"
    UPLOAD = "upload"
    FETCH = "fetch"
    FOLLOW = "follow"
    DOWNLOAD = "download"
    INDEX = "index"
    CHECK = "check"
    REBUILD = "rebuild"


class Unit(StrEnum):
    """What is counted."""

    THINGS = "things"
    FILES = "files"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done and how much of it is done. `total` is None where nobody can know it."""

    what: Work
    done: int
    total: int | None = None
    unit: Unit = Unit.THINGS


Report = Callable[[Progress], None]
"""Is told how far work has come, on the thread that does it. What it raises cancels the work at that step."""


def silent(_: Progress) -> None:
    """For whoever wants to hear nothing, and cancels nothing."""


Counted = Callable[[int, int], None]
"""The same for work of one kind: how much is done, and of how much."""


def uncounted(_done: int, _total: int) -> None:
    """For whoever wants to hear nothing of that, and cancels nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits on this device.

    `events` and `bytes` (of files) are still to be sent; `refused` counts the events that the service refused and
    for which nobody has decided what becomes of them.
    """

    events: int
    bytes: int
    refused: int
