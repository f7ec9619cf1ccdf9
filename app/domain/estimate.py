"""Estimates: each later one is told beside the earlier ones, with its reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events import EstimateGiven, Event
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Estimate:
    """What somebody thought at that moment. `ready` is UTC, `minutes` of work; None where they could not tell."""

    id: UUID
    at: datetime
    author: Author
    ready: datetime | None
    minutes: int | None
    reason: str


def add_estimate(estimates: tuple[Estimate, ...], event: Event, body: EstimateGiven) -> tuple[Estimate, ...]:
    """The estimates after one more. None is ever taken away."""
    return (*estimates, Estimate(event.id, event.at, event.author, body.ready, body.minutes, body.reason))
