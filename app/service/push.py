"""Takes in what a device wrote: each event is judged by the rules, and is accepted whole or refused with a reason."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, func, insert, select, update

from app.domain.case import Case, advance, fold
from app.domain.decide import decide
from app.domain.erasure import settled
from app.domain.errors import RefusedError
from app.domain.events import Event, SessionEnded, is_for_customer, named_blobs
from app.domain.records import Record
from app.service.blob_rights import may_read
from app.service.context import Service
from app.service.cursor import Cursor, check, log_end
from app.service.database import lock_log
from app.service.notifier import LOG
from app.service.problems import unauthorised
from app.service.sessions import is_open, may_end
from app.service.tables import blob_names, events, log
from app.service.tokens import Caller, find_caller


class Verdict(Record):
    """What became of one event: its version, or why it was refused."""

    id: UUID
    version: int | None = None
    reason: str | None = None


def push(service: Service, caller: Caller, untrusted_cursor: str | None, batch: Sequence[Any]) -> tuple[Verdict, ...]:
    """Judge a batch in one transaction. Every entry is a JSON object with an `id`. Blocking.

    Raises a 409 problem where the device has read another log: it must read first, and send its own again in order.
    """
    with service.database.write() as connection:
        lock_log(connection)  # pushes wait for each other from here on
        if find_caller(connection, caller.token_hash) is None:  # revoked or erased while it waited
            raise unauthorised()
        end = log_end(connection)
        check(untrusted_cursor, end)
        judge = _Judge(service, caller, connection, end)
        judge.recall(UUID(entry["id"]) for entry in batch)
        verdicts = tuple(judge.judge(entry) for entry in batch)
        if judge.write():
            service.database.announce(connection, LOG)
        return verdicts


class _Judge:
    """One batch of one device. Lives for one transaction."""

    def __init__(self, service: Service, caller: Caller, connection: Connection, end: Cursor) -> None:
        self._caller = caller
        self._connection = connection
        self._now = service.clock.now()
        self._version = end.version
        self._last_seq = self._newest_seq()
        self._known: dict[UUID, tuple[int, UUID]] = {}
        self._cases: dict[UUID, Case] = {}
        self._accepted: list[dict[str, Any]] = []
        self._named: list[dict[str, Any]] = []

    def recall(self, ids: Iterable[UUID]) -> None:
        """Look up which of these events are in the log already."""
        query = select(events.c.id, events.c.version, events.c.device).where(events.c.id.in_(tuple(ids)))
        for row in self._connection.execute(query):
            self._known[row.id] = (row.version, row.device)

    def judge(self, untrusted_entry: dict[str, Any]) -> Verdict:
        """Accept one event or refuse it. One that this device sent before keeps its version."""
        event_id = UUID(untrusted_entry["id"])
        try:
            known = self._known.get(event_id)
            if known is not None:
                return Verdict(id=event_id, version=self._again(known))
            return Verdict(id=event_id, version=self._accept(_read(untrusted_entry)))
        except RefusedError as error:
            return Verdict(id=event_id, reason=str(error))

    def write(self) -> bool:
        """Put what was accepted into the log. Returns whether there was anything."""
        if not self._accepted:
            return False
        self._connection.execute(insert(events), self._accepted)
        if self._named:
            self._connection.execute(insert(blob_names), self._named)
        self._connection.execute(update(log).values(version=self._version))
        return True

    def _again(self, known: tuple[int, UUID]) -> int:
        version, device = known
        if device != self._caller.device:
            raise RefusedError("Another event has this id already.")
        return version

    def _accept(self, event: Event) -> int:
        self._check_sender(event)
        case = self._case(event.stream_id)
        decide(case, event, self._now)
        self._check_end(event)
        self._check_order(event)
        event = settled(case, event)
        blobs = named_blobs(event)
        self._check_blobs(blobs)
        changed = advance(case, event)
        self._cases[event.stream_id] = changed
        self._version += 1
        self._last_seq = event.device_seq
        self._known[event.id] = (self._version, event.device)
        self._accepted.append(_row(event, self._version, changed))
        self._named.extend({"sha256": sha256, "version": self._version} for sha256 in blobs)
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

    def _check_order(self, event: Event) -> None:
        if event.device_seq <= self._last_seq:
            raise RefusedError("Newer work of this device, or other work with the same number, is there already.")

    def _check_blobs(self, blobs: Iterable[str]) -> None:
        for sha256 in blobs:
            if not may_read(self._connection, self._caller, sha256):
                raise RefusedError(f"The file {sha256[:12]}… that this names has not reached the service.")

    def _case(self, case_id: UUID) -> Case:
        if case_id not in self._cases:
            query = select(events.c.event).where(events.c.stream_id == case_id).order_by(events.c.version)
            found = (Event.model_validate_json(text) for text in self._connection.execute(query).scalars())
            self._cases[case_id] = fold(case_id, found)
        return self._cases[case_id]

    def _newest_seq(self) -> int:
        query = select(func.max(events.c.device_seq)).where(events.c.device == self._caller.device)
        return self._connection.execute(query).scalar_one() or 0


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


def _row(event: Event, version: int, case: Case) -> dict[str, Any]:
    return {
        "version": version,
        "id": event.id,
        "device": event.device,
        "device_seq": event.device_seq,
        "stream_id": event.stream_id,
        "kind": event.kind,
        "owner": case.customer.id if case.customer else None,
        "customer_visible": is_for_customer(event),
        "event": event.model_dump_json(),
    }
