"""Facts that are edited: each edition names those it was based on, so that none is overwritten unseen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from app.domain.events import Event
from app.domain.people import Author

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Edition(Generic[Value]):
    """What somebody wrote. `id` is the event's, `at` is UTC."""

    id: UUID
    at: datetime
    author: Author
    value: Value
    based_on: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Editions(Generic[Value]):
    """All editions, in the order of the log."""

    all: tuple[Edition[Value], ...] = ()

    @property
    def latest(self) -> tuple[Edition[Value], ...]:
        """Those that no other is based on. More than one: they were written without knowing of each other."""
        known = {name for edition in self.all for name in edition.based_on}
        return tuple(edition for edition in self.all if edition.id not in known)

    @property
    def current(self) -> Edition[Value] | None:
        """The one that holds: the newest, also where two collide. None where there is none."""
        return self.latest[-1] if self.all else None

    @property
    def collide(self) -> bool:
        """Whether two differ that were written without knowing of each other: somebody has to bring them together."""
        return any(edition.value != self.latest[0].value for edition in self.latest)

    def knows(self, names: tuple[UUID, ...]) -> bool:
        """Whether all of these are editions of this."""
        return set(names) <= {edition.id for edition in self.all}

    def add(self, event: Event, value: Value, based_on: tuple[UUID, ...] = ()) -> "Editions[Value]":
        """With one more."""
        return Editions((*self.all, Edition(event.id, event.at, event.author, value, based_on)))
