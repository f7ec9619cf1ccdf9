"""Takes in what a device wrote: each event is judged by the rules, and is accepted whole or refused with a reason."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select, update

from app.domain import streams
from app.domain.erasure import former, persons_in, settled
from app.domain.errors import RefusedError
from app.domain.events import Event, PersonErased, PersonJoined, SessionEnded, Stream, named_blobs
from app.domain.people import Author, Role
from app.domain.records import Record
from app.domain.streams import State
from app.service.admin import new_epoch
from app.service.article_rights import ArticleRights
from app.service.blob_rights import is_here, may_read
from app.service.context import Service
from app.service.cursor import Cursor, check, log_end
from app.service.database import lock_log
from app.service.erase import erase_what_came_back
from app.service.erasures import Erasure, Erasures
from app.service.event_row import row_of
from app.service.notifier import LOG
from app.service.orphans import let_go
from app.service.problems import unauthorised
from app.service.sessions import is_open, may_end
from app.service.stamps import stamps
from app.service.tables import blob_names, events, log
from app.service.tokens import Caller, find_caller

_LARGEST_NUMBER = 2**53


class Verdict(Record):
    """What became of one event: its version, or why it was refused."""

    id: UUID
    version: int | None = None
    reason: str | None = None


def push(
    service: Service,
    caller: Caller,
    untrusted_cursor: str | None,
    batch: Sequence[Any],
    untrusted_stamps: Mapping[UUID, str] = MappingProxyType({}),
) -> tuple[Verdict, ...]:
    """Judge a batch in one transaction. Every entry is a JSON object with an `id`. Blocking.

    What this service stamped (`untrusted_stamps`, by event id) is taken back as it is: it was judged when it came
    first. Raises a 409 problem where the device has read another log: it must read this one first, and then give
    back what it lacks.
    """
    with service.database.write() as connection:
        lock_log(connection)  # pushes wait for each other from here on
        if find_caller(connection, caller.token_hash) is None:  # revoked or erased while it waited
            raise unauthorised()
        end = log_end(connection)
        check(connection, untrusted_cursor, end)
        judge = _Judge(service, caller, connection, end)
        judge.recall(batch)
        verdicts = tuple(judge.judge(entry, untrusted_stamps.get(UUID(entry["id"]))) for entry in batch)
        if judge.write():
            service.database.announce(connection, LOG)
        return verdicts


class _Judge:
    """One batch of one device. Lives for one transaction."""

    def __init__(self, service: Service, caller: Caller, connection: Connection, end: Cursor) -> None:
        self._caller = caller
        self._connection = connection
        self._settings = service.settings
        self._now = service.clock.now()
        self._version = end.version
        self._stamps = stamps(connection, end.epoch)
        self._epoch = end.epoch
        self._numbers: set[tuple[UUID, int]] = set()
        self._known: dict[UUID, tuple[int, UUID]] = {}
        self._states: dict[UUID, tuple[Stream, State]] = {}
        self._accepted: list[dict[str, Any]] = []
        self._named: list[dict[str, Any]] = []
        self._back: defaultdict[Author, set[UUID]] = defaultdict(set)
        self._dropped: set[str] = set()
        self._articles = ArticleRights()

    def recall(self, batch: Sequence[dict[str, Any]]) -> None:
        """Look up which of these events, and which numbers of this device, are in the log already."""
        ids = tuple(UUID(entry["id"]) for entry in batch)
        query = select(events.c.id, events.c.version, events.c.device).where(events.c.id.in_(ids))
        for row in self._connection.execute(query):
            self._known[row.id] = (row.version, row.device)
        numbers = [number for entry in batch if _is_number(number := entry.get("device_seq"))]
        device = self._caller.device
        used = select(events.c.device_seq).where(events.c.device == device, events.c.device_seq.in_(numbers))
        self._numbers.update((device, number) for number in self._connection.execute(used).scalars())

    def judge(self, untrusted_entry: dict[str, Any], untrusted_stamp: str | None) -> Verdict:
        """Accept one event or refuse it. One that is here already keeps its version."""
        event_id = UUID(untrusted_entry["id"])
        try:
            known = self._known.get(event_id)
            if known is not None and known[1] == self._caller.device:
                return Verdict(id=event_id, version=known[0])
            event = _read(untrusted_entry)
            stamp = untrusted_stamp if untrusted_stamp and self._stamps.fits(event, untrusted_stamp) else None
            return Verdict(id=event_id, version=self._version_of(event, known, stamp))
        except RefusedError as error:
            return Verdict(id=event_id, reason=str(error))

    def write(self) -> bool:
        """Put what was accepted into the log. Returns whether there was anything."""
        if not self._accepted:
            return False
        self._connection.execute(insert(events), self._accepted)
        self._articles.take(self._connection)
        if self._named:
            self._connection.execute(insert(blob_names), self._named)
        self._connection.execute(update(log).values(version=self._version, epoch=self._epoch))
        if self._back:
            erase_what_came_back(self._connection, self._erasures, self._back)
        let_go(self._connection, self._caller.author.id, self._dropped)
        return True

    def _version_of(self, event: Event, known: tuple[int, UUID] | None, stamp: str | None) -> int:
        if known is not None and stamp is None:
            raise RefusedError("Another event has this id already.")
        if known is not None:
            return known[0]
        return self._accept(event) if stamp is None else self._take_back(event, stamp)

    def _accept(self, event: Event) -> int:
        self._check_sender(event)
        state = self._state(event)
        streams.decide(state, event, self._now)
        self._check_end(event)
        for sha256 in named_blobs(settled(state, event)):
            _check_blob(may_read(self._connection, self._caller, sha256), sha256)
        return self._keep(event)

    def _take_back(self, event: Event, stamp: str) -> int:
        """What was in the log needs no leave of anybody, but must stand where it stood, and with its files.

        Where it was lost without the log having got another epoch (a backup put back by hand), it gets one now:
        places in it are no longer what devices have read.
        """
        self._look_for_erasure(event)
        if not (self._state(event).is_begun or streams.begins(event)):
            raise RefusedError(f"There is no such {event.stream.value}.")
        for sha256 in named_blobs(settled(self._state(event), event)):
            _check_blob(is_here(self._connection, sha256), sha256)
        version = self._keep(event)
        if self._stamps.is_of_now(stamp):
            self._epoch = new_epoch()
        return version

    def _look_for_erasure(self, event: Event) -> None:
        """Whoever gives it back may not have heard that its author, or whom it tells of, was erased.

        Where the log lost the case whole, or all that they wrote in it, the list of erasures alone tells of it.
        """
        told_of = tuple(_told_of(event))
        for person in (event.author, *told_of):
            state = self._state(event)
            if any(erased.person == person.id for erased in state.erased):
                continue
            if any(erasure.is_of(person.id) for erasure in self._erasures):
                role = Role.CUSTOMER if person.role is Role.CUSTOMER else Role.TECHNICIAN
                named = (event.id,) if person in told_of else ()  # `erase_what_came_back` looks at the whole card
                erased = PersonErased(person=person.id, role=role, named=named)
                self._states[event.stream_id] = event.stream, replace(state, erased=(*state.erased, erased))
                self._back[person].add(event.stream_id)

    @cached_property
    def _erasures(self) -> tuple[Erasure, ...]:
        return Erasures(self._settings.erasures).all()

    def _keep(self, event: Event) -> int:
        """Of somebody who was erased, what may stand is kept, also of what comes back from before."""
        self._check_number(event)
        state = self._state(event)
        whole, event = event, settled(state, event)
        self._dropped.update({*named_blobs(whole)} - {*named_blobs(event)})
        changed = streams.advance(state, event)
        self._states[event.stream_id] = event.stream, changed
        self._version += 1
        self._numbers.add((event.device, event.device_seq))
        self._known[event.id] = (self._version, event.device)
        row = row_of(event, self._version, streams.owner_of(changed))
        self._articles.mark(row, event, changed)
        self._accepted.append(row)
        self._named.extend({"sha256": sha256, "version": self._version} for sha256 in named_blobs(event))
        return self._version

    def _check_sender(self, event: Event) -> None:
        if event.author != self._caller.author:
            raise RefusedError(f"This was written as {event.author.name}, and this device is not theirs.")
        if event.device != self._caller.device:
            raise RefusedError("This was written on another device.")

    def _check_end(self, event: Event) -> None:
        """The log may not know yet who is in: the customer tells it, and a technician's word may be here first."""
        if not isinstance(event.body, SessionEnded):
            return
        session = event.body.session
        if is_open(self._connection, session) and not may_end(self._connection, self._caller, session):
            raise RefusedError("You have not joined that session, so its end is not yours to write.")

    def _check_number(self, event: Event) -> None:
        number = (event.device, event.device_seq)
        if number in self._numbers or (event.device != self._caller.device and self._is_used(*number)):
            raise RefusedError("Other work of this device with the same number is there already.")

    def _is_used(self, device: UUID, number: int) -> bool:
        query = select(events.c.version).where(events.c.device == device, events.c.device_seq == number)
        return self._connection.execute(query).first() is not None

    def _state(self, event: Event) -> State:
        """What the event's stream is until now. Raises `RefusedError` where the id is that of something else."""
        if event.stream_id not in self._states:
            self._states[event.stream_id] = self._folded(event.stream, event.stream_id)
        stream, state = self._states[event.stream_id]
        if stream is not event.stream and not state.timeline:  # what was to be the first of it was refused
            state = streams.empty(event.stream, event.stream_id)
        elif stream is not event.stream:
            raise RefusedError(f"That is the id of something else than a {event.stream.value}.")
        return state

    def _folded(self, stream: Stream, stream_id: UUID) -> tuple[Stream, State]:
        query = select(events.c.event).where(events.c.stream_id == stream_id).order_by(events.c.version)
        found = [Event.model_validate_json(text) for text in self._connection.execute(query).scalars()]
        stream = found[0].stream if found else stream
        return stream, streams.fold(stream, stream_id, found)


def _told_of(event: Event) -> Iterator[Author]:
    """Whom a customer's card tells of: technicians by their name, customers as those who ask for help."""
    for person in persons_in(event.body):
        role = Role.CUSTOMER if isinstance(event.body, PersonJoined) else Role.TECHNICIAN
        yield Author(role=role, id=person, name=former(role))


def _check_blob(is_there: bool, sha256: str) -> None:
    if not is_there:
        raise RefusedError(f"The file {sha256[:12]}… that this names has not reached the service.")


def _is_number(untrusted: Any) -> bool:
    return isinstance(untrusted, int) and 1 <= untrusted <= _LARGEST_NUMBER


def _read(untrusted_entry: dict[str, Any]) -> Event:
    """The event, read as the strict JSON that it will be kept as: no NaN, no half characters, no endless depth."""
    try:
        event = Event.model_validate_json(json.dumps(untrusted_entry, allow_nan=False))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise RefusedError(f"The service does not understand this event ({where[:100] or 'its JSON'}).") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError("The service does not understand this event (its JSON).") from error
    if "\0" in event.kind:  # a column of its own, and PostgreSQL has no such character
        raise RefusedError("The service does not understand this event (its kind).")
    return event
