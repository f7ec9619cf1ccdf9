"""Notes on a case: append-only, a correction names what it corrects."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events import Audience, Certainty, Event, NoteAdded
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it stands now. `id` is the newest event's; `corrected` tells that an earlier text exists."""

    id: UUID
    at: datetime
    author: Author
    text: str
    certainty: Certainty
    audience: Audience
    corrected: bool = False


def add_note(notes: tuple[Note, ...], event: Event, body: NoteAdded) -> tuple[Note, ...]:
    """The notes after one more. A correction takes the place of the note it names."""
    replaces = body.corrects is not None and any(note.id == body.corrects for note in notes)
    note = Note(event.id, event.at, event.author, body.text, body.certainty, body.audience, replaces)
    if replaces:
        return tuple(note if old.id == body.corrects else old for old in notes)
    return (*notes, note)
