"""What a case waits for."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.events import Awaited, CaseWaits, Event
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case waits since then (UTC) for somebody, as the author told."""

    awaited: Awaited
    reason: str
    since: datetime
    author: Author


def waiting(event: Event, body: CaseWaits) -> Waiting:
    """What the case waits for from this event on."""
    return Waiting(body.awaited, body.reason, event.at, event.author)
