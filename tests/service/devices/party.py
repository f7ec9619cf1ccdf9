"""One party of the machine: a real store and a real client, whose line and whose program can fail at any point."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.events import Body, Event, Readers, Stream, is_for_customer, is_for_owner_only, readers_of
from app.domain.people import Author
from app.store.store import Store
from app.sync.client import ServiceClient
from app.sync.errors import NoServiceError
from app.sync.http import Answer, Http
from app.sync.synchroniser import Synchroniser, SyncResult

_KEY = "5e" * 32
LINE_FAULTS = ("not sent", "answer lost", "sent twice", "late")
"""What can happen to a request. One that is late reaches the service some time after its sender gave up."""


class Crash(Exception):  # noqa: N818 - no fault of the program's
    """The program is gone."""


@dataclass
class ShiftedClock:
    """A device's clock, right or wrong by so much."""

    wrong: timedelta = timedelta()

    def now(self) -> datetime:
        """What it shows, as UTC."""
        return datetime.now(UTC) + self.wrong


class Line(Http):
    """A line to the service. `faults` tells, by the number of the request from 0, what goes wrong next."""

    def __init__(self, url: str, token: Callable[[], str | None]) -> None:
        super().__init__(url, token)
        self.is_cut_off = False
        self.faults: Mapping[int, str] = {}
        self.late: list[Callable[[], Answer]] = []
        self._asked = 0

    def expect(self, faults: Mapping[int, str]) -> None:
        """Count requests anew, with these faults ahead."""
        self.faults, self._asked = faults, 0

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        """As the line lets it through."""
        fault = "not sent" if self.is_cut_off else self.faults.get(self._asked, "")
        self._asked += 1
        if fault in ("not sent", "late"):
            if fault == "late":
                self.late.append(lambda: super(Line, self).ask(method, path, **options))
            raise NoServiceError(self.url, fault)
        answer = super().ask(method, path, **options)
        if fault == "sent twice":
            return super().ask(method, path, **options)
        if fault == "answer lost":
            raise NoServiceError(self.url, fault)
        return answer


class Dying:
    """A store whose program dies just before or after so many of its calls; never, where that is None."""

    def __init__(self, party: "Party", calls: int | None, *, after: bool) -> None:
        self._party, self._left, self._after = party, calls, after

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            dies = self._left == 0
            if self._left is not None:
                self._left -= 1
            if name == "accept":
                self._party.told.update(event_id for event_id, _ in arguments[0])
            if dies and not self._after:
                raise Crash
            answer = getattr(self._party.store, name)(*arguments, **named)
            if name == "receive":
                self._party.read.update(UUID(bytes=entry.id) for entry in arguments[0])
            if dies:
                raise Crash
            return answer

        return call


@dataclass
class Party:
    """A technician's or a customer's device. `told` has the events that the service said it accepted, `read` those
    that were read from it.
    """

    me: Author
    device: UUID
    token: str
    path: Path
    url: str
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    told: set[UUID] = field(default_factory=set)
    read: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Start the program."""
        self.store = Store(self.path, _KEY, device=self.device, clock=self.clock)
        self.client = ServiceClient(self.url, token=lambda: self.token)
        self.line = Line(self.url, lambda: self.token)
        self.client._http.close()
        self.client._http = self.line

    def close(self) -> None:
        """End the program."""
        self.client.close()
        self.store.close()

    def restart(self) -> None:
        """The program ends in any way, and is started again."""
        cut_off, late = self.line.is_cut_off, self.line.late
        self.close()
        self.open()
        self.line.is_cut_off, self.line.late = cut_off, late

    def write(self, stream_id: UUID, body: Body, stream: Stream = Stream.CASE) -> Event:
        """As a flow would. Raises `RefusedError`."""
        return self.store.append(self.me, stream, stream_id, body)

    def sync(self, way: str = "once", *, dies: int | None = None, after: bool = False) -> SyncResult:
        """`once`, `push` or `pull`, with a crash at so many calls of the store, if there are as many."""
        told = SyncResult()

        def tell(step: SyncResult) -> None:
            nonlocal told
            told += step

        store: Any = Dying(self, dies, after=after)
        synchroniser = Synchroniser(store, self.client)
        if way == "once":
            return synchroniser.once()
        getattr(synchroniser, way)(tell)
        return told

    def may_read(self, event: Event, owner: UUID | None) -> bool:
        """Whether it is theirs, or the service would show them this event of a case."""
        if event.device == self.device:
            return True
        if is_for_owner_only(event):
            return False
        own = owner == self.me.id and is_for_customer(event)
        return self.me.is_staff or own or readers_of(event) is Readers.EVERY_CUSTOMER

    def versions(self) -> dict[UUID, int]:
        """What counts as being at the service, by event id."""
        query = "SELECT id, version FROM event WHERE version IS NOT NULL AND unsent = 0"
        return self.store._read(lambda store: {UUID(bytes=one): version for one, version in store.execute(query)})
