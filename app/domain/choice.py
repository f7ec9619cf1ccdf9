"""What the customer was asked to choose from, and what they said."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.events import AlternativeChosen, AlternativesOffered, Event, Way
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Choice:
    """Ways to go on. Once `decided_at` is set, `way` is the number of the one that the customer wants, counted from 1.

    Decided without a way, it is left to the technician.
    """

    id: UUID
    at: datetime
    author: Author
    text: str
    ways: tuple[Way, ...]
    decided_at: datetime | None = None
    way: int | None = None
    words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the customer has not answered yet."""
        return self.decided_at is None


def offer(choices: tuple[Choice, ...], event: Event, body: AlternativesOffered) -> tuple[Choice, ...]:
    """The choices after one more."""
    return (*choices, Choice(event.id, event.at, event.author, body.text, body.ways))


def choose(choices: tuple[Choice, ...], event: Event, body: AlternativeChosen) -> tuple[Choice, ...]:
    """The customer has chosen, or chosen anew: the last word counts, and the earlier ones stay in the timeline."""
    return tuple(
        replace(one, decided_at=event.at, way=body.way, words=body.text) if one.id == body.question else one
        for one in choices
    )
