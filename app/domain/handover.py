"""Handovers of a case: each offer, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.events import Event, HandoverAccepted, HandoverDeclined, HandoverOffered, HandoverWithdrawn
from app.domain.people import Author


class Outcome(StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Handover:
    """A case offered by its technician to a colleague, who goes by the name `to`.

    `answered_by` is who ended the offer, and `reason` why it was declined.
    """

    id: UUID
    at: datetime
    author: Author
    to: str
    tried: str
    assumed: str
    next: str
    outcome: Outcome = Outcome.OPEN
    answered_by: Author | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.outcome is Outcome.OPEN

    def is_for(self, person: Author) -> bool:
        """Whether it was offered to this person. People write names in any case."""
        return self.to.casefold() == person.name.casefold()


Handovers = tuple[Handover, ...]


def offer(handovers: Handovers, event: Event, body: HandoverOffered) -> Handovers:
    """One more offer."""
    return (*handovers, Handover(event.id, event.at, event.author, body.to, body.tried, body.assumed, body.next))


def accept(handovers: Handovers, event: Event, body: HandoverAccepted) -> Handovers:
    """The colleague has it now."""
    return _ended(handovers, event, body.offer, Outcome.ACCEPTED)


def decline(handovers: Handovers, event: Event, body: HandoverDeclined) -> Handovers:
    """The colleague does not take it."""
    return _ended(handovers, event, body.offer, Outcome.DECLINED, body.reason)


def withdraw(handovers: Handovers, event: Event, body: HandoverWithdrawn) -> Handovers:
    """It is offered no more."""
    return _ended(handovers, event, body.offer, Outcome.WITHDRAWN)


def _ended(handovers: Handovers, event: Event, offer_id: UUID, outcome: Outcome, reason: str = "") -> Handovers:
    """The first word counts."""

    def end(one: Handover) -> Handover:
        if one.id != offer_id or not one.is_open:
            return one
        return replace(one, outcome=outcome, answered_by=event.author, reason=reason)

    return tuple(map(end, handovers))
