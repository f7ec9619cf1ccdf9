"""What the store's tests build with: people, a clock that can be set, stores and cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from app.domain import events as ev
from app.domain.people import Author, Role
from app.store.store import Store
from app.system.clock import new_id

KEY = "5e" * 32
METTE = Author(role=Role.CUSTOMER, id=UUID(int=1), name="Mette Sørensen")
JENS = Author(role=Role.TECHNICIAN, id=UUID(int=2), name="Jens Østergård")
ANNA = Author(role=Role.TECHNICIAN, id=UUID(int=3), name="Anna")
DEVICE = UUID(int=100)
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class SetClock:
    """A clock that goes on by one second each time it is looked at."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@contextmanager
def opened(path: Path, *, key: str = KEY, device: UUID = DEVICE) -> Iterator[Store]:
    """The store in this file, closed afterwards."""
    store = Store(path, key, device=device, clock=SetClock())
    try:
        yield store
    finally:
        store.close()


def open_case(store: Store, about: str = "The printer prints stripes", case_id: UUID | None = None) -> UUID:
    """A case of Mette's in this store."""
    case_id = case_id or new_id()
    store.append(METTE, ev.Stream.CASE, case_id, ev.CaseOpened(about=about, machine="front desk"))
    return case_id


def note(text: str) -> ev.NoteAdded:
    """An internal note."""
    return ev.NoteAdded(text=text, certainty=ev.Certainty.VERIFIED)


def add_note(store: Store, case_id: UUID, text: str) -> ev.Event:
    """A note by Jens in the case."""
    return store.append(JENS, ev.Stream.CASE, case_id, note(text))


def foreign(case_id: UUID, body: ev.Body, *, author: Author = ANNA, seq: int = 1, at: datetime = START) -> ev.Event:
    """An event that came from another device."""
    return ev.Event(
        id=uuid4(),
        stream=ev.Stream.CASE,
        stream_id=case_id,
        at=at,
        author=author,
        device=UUID(int=200),
        device_seq=seq,
        body=body,
    )
