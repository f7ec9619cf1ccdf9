"""The encrypted offline store: everything that this device knows, on its own disk.

A method returns once what it did is on the disk, or raises and did nothing. Any thread may call any method, and
several programs may have the same store open: each write takes the store's write lock and reads anew what it
builds upon.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from app.domain.case import Case
from app.domain.entry import Entry, confirmed_entry
from app.domain.erasure import fitting
from app.domain.errors import RefusedError
from app.domain.events import Body, Confirmed, Event, Stream
from app.domain.people import Author
from app.domain.progress import Counted, Standing, uncounted
from app.domain.streams import State, advance, decide
from app.store import blobs, following, log, projections, refused, search, sequence
from app.store.access import Result, holds
from app.store.connection import Connection
from app.store.everything import Everything, everything
from app.store.facts import fact, set_fact
from app.store.files import Files
from app.store.rebuild import rebuild
from app.store.receiving import receive
from app.store.records import CaseRow, Delivery, Hit, Rebuilt, RefusedEvent
from app.system.clock import Clock, new_id


class Store(Files):
    """One device's store. Every method blocks, and raises the `StoreError` tree."""

    def __init__(self, path: Path, key: str, *, device: UUID, clock: Clock) -> None:
        """Open the store in this file, or make it. `key` is 64 hexadecimal digits (see `store_key`)."""
        super().__init__(path, key)
        self.device = device
        self._clock = clock

    def append(self, author: Author, stream: Stream, stream_id: UUID, body: Body) -> Event:
        """Write an event of ours into the log and the outbox, if the rules let it pass.

        Raises `RefusedError`, the sentence being for the person who tried it.
        """

        return self._write(lambda connection: self._append(connection, author, stream, stream_id, (body,))[0])

    def append_all(self, author: Author, stream: Stream, stream_id: UUID, bodies: Sequence[Body]) -> tuple[Event, ...]:
        """The same for several, each on top of the one before: all of them, or none."""
        return self._write(lambda connection: self._append(connection, author, stream, stream_id, bodies))

    def case(self, case_id: UUID) -> Case:
        """The case as it stands here, confirmed and pending; an empty one (`opened_at` None) if it is not known."""
        return self._read(lambda connection: log.case(connection, case_id))

    def holds_events(self) -> bool:
        """Whether anything at all was written or received here."""
        return self._read(log.holds_events)

    def state(self, stream: Stream, stream_id: UUID) -> State:
        """Anything that events fold into, as it stands here; an empty one (`is_begun` False) if it is not known."""
        return self._read(lambda connection: log.state(connection, stream, stream_id))

    def states(self, stream: Stream, naming: UUID | None = None) -> tuple[State, ...]:
        """All of one kind that there are here, in the order in which they came; not for cases, which are many.

        With `naming` only those of which an event tells this id.
        """

        def job(connection: Connection) -> tuple[State, ...]:
            ids = [name for kind, name in log.ids_beside_cases(connection, naming) if kind is stream]
            return tuple(state for name in ids if (state := log.state(connection, stream, name)).is_begun)

        return self._read(job)

    def worked_on(self, person: UUID, first: date, last: date) -> tuple[Case, ...]:
        """The cases on which this person has recorded time that touches these days (UTC)."""

        def job(connection: Connection) -> tuple[Case, ...]:
            return tuple(log.case(connection, name) for name in log.worked_on(connection, person, first, last))

        return self._read(job)

    def case_ids(self) -> tuple[UUID, ...]:
        """The ids of all cases here."""
        return self._read(log.case_ids)

    def cases(self) -> tuple[CaseRow, ...]:
        """All cases, newest change first."""
        return self._read(projections.cases)

    def quiet_between(self, like: Case, since: datetime, until: datetime, limit: int) -> tuple[Case, ...]:
        """The cases of the same machine that last changed between these, newest first, at most `limit`."""

        def job(connection: Connection) -> tuple[Case, ...]:
            found = projections.quiet_between(connection, like, since, until, limit)
            return tuple(log.case(connection, case_id) for case_id in found)

        return self._read(job)

    def events_of_kind(self, kind: str) -> tuple[Event, ...]:
        """All events of this kind, confirmed and pending. Reads past all others, save for those in `log.LISTED`."""
        return self._read(lambda connection: tuple(log.events_of_kind(connection, kind)))

    def delivery(self, case_id: UUID) -> Mapping[UUID, Delivery]:
        """How far each event of the case has come, by event id, refused ones included."""
        return self._read(lambda connection: log.delivery(connection, case_id))

    def refused(self) -> tuple[RefusedEvent, ...]:
        """What the service refused, with its reasons, oldest first."""
        return self._read(refused.refused)

    def refused_of(self, case_id: UUID) -> tuple[RefusedEvent, ...]:
        """What the service refused of this case, with its reasons, oldest first."""
        return self._read(lambda connection: refused.refused_of(connection, case_id))

    def amend(self, author: Author, event_id: UUID, body: Body) -> Event:
        """Write this in place of an event that was refused, which is kept, marked as replaced.

        Raises `RefusedError` where the rules say no to the new one too, and `NothingRefusedError`; nothing is changed
        then.
        """

        def job(connection: Connection) -> Event:
            lost = refused.require_open(connection, event_id)
            (event,) = self._append(connection, author, lost.stream, lost.stream_id, (body,))
            refused.settle(connection, event_id, event.at, event.id)
            return event

        return self._write(job)

    def discard(self, event_id: UUID) -> None:
        """Give up an event that was refused: it is kept, marked as discarded. Raises `NothingRefusedError`."""

        def job(connection: Connection) -> None:
            refused.require_open(connection, event_id)
            refused.settle(connection, event_id, self._clock.now())

        self._write(job)

    def standing(self) -> Standing:
        """What waits on this device: to be sent, and to be decided."""
        return self._read(refused.standing)

    def search(self, untrusted_query: str, limit: int = 50) -> tuple[Hit, ...]:
        """The passages that have all words of the query (the last as a beginning), best first, at most `limit`."""
        return self._read(lambda connection: search.search(connection, untrusted_query, limit))

    def get_value(self, name: str) -> str | None:
        """What was remembered under this name, or None."""
        return self._read(lambda connection: fact(connection, _named(name)))

    def set_value(self, name: str, value: str) -> None:
        """Remember this under this name, in place of what was there."""
        self._write(lambda connection: set_fact(connection, _named(name), value))

    def draft(self, case_id: UUID, what: str) -> str:
        """What was begun to be written about this case, or nothing."""
        return self.get_value(log.draft_name(case_id, what)) or ""

    def keep_draft(self, case_id: UUID, what: str, text: str) -> None:
        """Keep what was begun to be written about this case, on this machine alone; it goes with its customer."""
        self.set_value(log.draft_name(case_id, what), text)

    def outbox(self, limit: int) -> tuple[Event, ...]:
        """This device's events that are neither confirmed nor refused, in `device_seq` order, at most `limit`."""
        return self._read(lambda connection: log.outbox(connection, limit))

    def lost(self, limit: int) -> tuple[Confirmed, ...]:
        """What an earlier log of the service had and the one of now has not, oldest first, at most `limit`.

        Others' events too. It can be told only once that log was read to its end.
        """
        return self._read(lambda connection: log.lost(connection, limit))

    def restarts(self) -> int:
        """How often the service's log was another one than before."""
        return self._read(log.restarts)

    def accept(self, accepted: Sequence[tuple[UUID, int]], restarts: int | None = None) -> None:
        """These events are confirmed with these versions. Twice is fine; unknown ids are left alone.

        `restarts` is what `restarts()` told before the service was asked: an answer of an earlier log is not kept.
        """

        def job(connection: Connection) -> None:
            if holds(connection, restarts):
                _follow(connection, log.accept(connection, accepted))

        self._write(job)

    def refuse(self, event_id: UUID, reason: str, restarts: int | None = None) -> None:
        """This event was refused: it folds no longer, and is kept with the reason. `restarts` as for `accept`.

        What is confirmed already stays so, whatever answer comes late.
        """

        def job(connection: Connection) -> None:
            if holds(connection, restarts):
                _refuse(connection, event_id, reason)

        self._write(job)

    def not_taken_back(self, event: Event, reason: str, restarts: int) -> None:
        """The service does not take this lost event back. One of ours is sent like a new one instead, and judged."""

        def job(connection: Connection) -> None:
            if not holds(connection, restarts):
                return
            if event.device == self.device:
                log.send_by_itself(connection, event.id)
                _refresh(connection, (event,))
            else:
                _refuse(connection, event.id, reason)

        self._write(job)

    def receive(self, confirmed: Sequence[Entry | Confirmed], cursor: str, *, more: bool = False) -> int:
        """Keep these events and the cursor in one transaction. Returns how many were new here.

        Where there is `more` to come they are kept in the log alone: lists and search are to `follow`.
        """
        entries = [one if isinstance(one, Entry) else confirmed_entry(one) for one in confirmed]
        return self._write(lambda connection: receive(connection, self.device, entries, cursor, more=more))

    def to_follow(self) -> int:
        """How many events are in the log alone: lists and search do not tell of them yet."""
        return self._read(following.count)

    def follow(self) -> None:
        """Have lists and search tell of the newest of them, some at a time."""
        self._write(following.follow_some)

    def cursor(self) -> str | None:
        """How far the service's log was read, or None before the first time."""
        return self._read(log.cursor)

    def start_over(self, cursor: str | None) -> None:
        """The service's log is another one than was read up to this cursor: read it from the start.

        Nothing is removed. What is not read there again is lost to it, and given back. Where the cursor is another
        one by now, somebody else has begun, and nothing is done.
        """

        def job(connection: Connection) -> None:
            if log.cursor(connection) != cursor:
                return
            log.set_cursor(connection, None)
            blobs.send_again(connection)
            if log.lose_all(connection, self.device):
                for case_id in log.case_ids(connection):
                    projections.refresh(connection, case_id)

        self._write(job)

    def rebuild(self, progress: Counted = uncounted) -> Rebuilt:
        """Make all lists and the search anew from the log, and tell what had differed.

        `progress` is called on the store's thread with how many steps are done, and of how many.
        """
        return self._write(lambda connection: rebuild(connection, self.device, progress))

    def read_all(self, reader: Callable[[Everything], Result]) -> Result:
        """What the reader makes of all that is here, at one moment. It runs on the store's thread, and may raise."""
        return self._read(lambda connection: reader(everything(connection)))

    def _append(
        self, connection: Connection, author: Author, stream: Stream, stream_id: UUID, bodies: Sequence[Body]
    ) -> tuple[Event, ...]:
        if log.is_of_another_stream(connection, stream, stream_id):
            raise RefusedError(f"That is the id of something else than a {stream.value}.")
        state = log.state(connection, stream, stream_id)
        first, written = sequence.next_number(connection, self.device), []
        for number, body in enumerate(bodies, first):
            now = self._clock.now()
            event = Event(
                id=new_id(),
                stream=stream,
                stream_id=stream_id,
                at=now,
                author=author,
                device=self.device,
                device_seq=number,
                body=body,
            )
            decide(state, event, now)
            event = fitting(state, event)
            state = advance(state, event)
            log.write_pending(connection, event)
            written.append(event)
        _follow(connection, written)
        return tuple(written)


def _named(name: str) -> str:
    """Values that other rooms keep stand apart from the store's own."""
    return f"value:{name}"


def _refuse(connection: Connection, event_id: UUID, reason: str) -> None:
    event = log.refuse(connection, event_id, reason)
    if event is not None:
        projections.unfollow(connection, event)
        _refresh(connection, (event,))


def _follow(connection: Connection, events: Sequence[Event]) -> None:
    for event in events:
        projections.follow(connection, event)
    _refresh(connection, events)


def _refresh(connection: Connection, events: Sequence[Event]) -> None:
    for case_id in {event.stream_id for event in events if event.stream is Stream.CASE}:
        projections.refresh(connection, case_id)
    projections.refresh_articles(connection, events)
