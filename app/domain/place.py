"""Where the problem of a case was found to lie, each time with what shows it (rule 5)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events import Certainty, Event, Place, ProblemPlaced, Responsibility
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Placed:
    """What somebody found at that moment (UTC). `name` is the vendor's or the IT person's, or empty."""

    id: UUID
    at: datetime
    author: Author
    place: Place
    name: str
    evidence: str
    certainty: Certainty

    @property
    def responsibility(self) -> Responsibility:
        """Whose the problem is, as agreements have it."""
        return _WHOSE[self.place]


_WHOSE = {
    Place.COMPUTER: Responsibility.CUSTOMER,
    Place.NETWORK: Responsibility.CUSTOMER,
    Place.PROVIDER: Responsibility.SHOP,
    Place.VENDOR: Responsibility.VENDOR,
    Place.OWN_IT: Responsibility.OWN_IT,
    Place.UNKNOWN: Responsibility.UNKNOWN,
}


def add_place(places: tuple[Placed, ...], event: Event, body: ProblemPlaced) -> tuple[Placed, ...]:
    """The places after one more. None is ever taken away."""
    return (*places, Placed(event.id, event.at, event.author, body.place, body.name, body.evidence, body.certainty))
