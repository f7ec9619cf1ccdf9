"""Work on a case: raw time, kept to the second for ever."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events import Event, WorkKind, WorkRecorded
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as it stands now. `start` and `end` are UTC.

    `id` is the newest event's, `origin` the first one's: what was told elsewhere of it is found again by that.
    """

    id: UUID
    origin: UUID
    author: Author
    start: datetime
    end: datetime
    kind: WorkKind
    text: str
    session: UUID | None
    earlier: UUID | None = None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.start).total_seconds()


def add_work(work: tuple[Work, ...], event: Event, body: WorkRecorded) -> tuple[Work, ...]:
    """The work after one more piece. A correction takes the place of the piece it names, and whoever worked did so."""
    old = next((piece for piece in work if piece.id == body.corrects), None)
    origin, author = (old.origin, old.author) if old else (event.id, event.author)
    piece = Work(event.id, origin, author, body.start, body.end, body.work, body.text, body.session, body.earlier)
    if old is None:
        return (*work, piece)
    return tuple(piece if each is old else each for each in work)


def at_once(work: Iterable[Work]) -> Iterator[tuple[Work, Work]]:
    """The pairs of one person's pieces that share time, in the order in which their sharing begins."""
    under_way: list[Work] = []
    for piece in sorted(work, key=lambda each: (each.start, each.origin.int)):
        under_way = [other for other in under_way if other.end > piece.start]
        yield from ((other, piece) for other in under_way)
        under_way.append(piece)
