"""Work on a case: raw time, kept to the second for ever."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events import Event, WorkKind, WorkRecorded
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as it stands now. `start` and `end` are UTC."""

    id: UUID
    author: Author
    start: datetime
    end: datetime
    kind: WorkKind
    text: str
    session: UUID | None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.start).total_seconds()


def add_work(work: tuple[Work, ...], event: Event, body: WorkRecorded) -> tuple[Work, ...]:
    """The work after one more piece. A correction takes the place of the piece it names."""
    piece = Work(event.id, event.author, body.start, body.end, body.work, body.text, body.session)
    if body.corrects is not None and any(old.id == body.corrects for old in work):
        return tuple(piece if old.id == body.corrects else old for old in work)
    return (*work, piece)
