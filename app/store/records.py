"""What the store hands out, beside the domain's own facts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from app.domain.case import Status
from app.domain.events import Event


class DeliveryState(StrEnum):
    """How far an event has come on its way to everybody."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where one event stands. `reason` is the service's sentence where it was refused, else None."""

    state: DeliveryState
    reason: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be sent."""
        return self.state is DeliveryState.PENDING


PENDING = Delivery(DeliveryState.PENDING)
CONFIRMED = Delivery(DeliveryState.CONFIRMED)


class Settlement(StrEnum):
    """What became of a refused event."""

    OPEN = "open"
    REPLACED = "replaced"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event of ours that the service refused. It folds into nothing, and is never dropped.

    `replaced_by` is the event that was written in its place, or None.
    """

    event: Event
    reason: str
    settlement: Settlement = Settlement.OPEN
    replaced_by: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to decide what becomes of it."""
        return self.settlement is Settlement.OPEN


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list: what a queue shows without folding every case.

    `opened_at` is None for a case of which only later events have come so far. `problems` and `notices` count
    the findings of its newest diagnostics. `waiting` tells that the customer's machine waits for a technician.
    `pending` counts the events that are still to be sent.
    """

    id: UUID
    title: str
    status: Status
    customer: str
    technician: str | None
    technician_id: UUID | None
    machine: str
    opened_at: datetime | None
    changed_at: datetime
    problems: int
    notices: int
    waiting: bool
    pending: int


Place = Literal["case", "note", "terminal", "work", "solution", "customer", "article"]
"""What a passage of text is part of."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that has all words of a query.

    `snippet` is plain text as it was written (line ends shown as spaces); `matches` are the (start, end)
    character ranges in it that matched. `session` is set where the passage belongs to one. Of a customer's card (the
    place "customer") `case_id` is the customer's, and `title` their name; so of an article.
    """

    case_id: UUID
    title: str
    where: Place
    at: datetime
    author: str
    snippet: str
    matches: tuple[tuple[int, int], ...]
    session: UUID | None


@dataclass(frozen=True, slots=True)
class RecordingToIndex:
    """A recording that is here and whose text cannot be searched yet."""

    case_id: UUID
    session: UUID
    at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was kept beside the log and did not follow from it. Both texts are for people."""

    case_id: UUID
    what: Literal["list", "search", "blobs"]
    kept: str
    rebuilt: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild went through, and what it mended."""

    cases: int
    events: int
    differences: tuple[Difference, ...]
