"""The log in the store: events as they came, which of them are still to be sent, and how far the service was read.

All functions belong to the store's own thread, and to a transaction where they write.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app.domain.case import Case, fold
from app.domain.events import Confirmed, Event, Stream
from app.store.connection import Connection
from app.store.records import CONFIRMED, PENDING, Delivery, DeliveryState

_log = logging.getLogger(__name__)

_CURSOR = "cursor"
_INSERT = """
INSERT INTO event (id, stream, stream_id, kind, device, device_seq, version, unsent, json)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FOLDED = """
SELECT json FROM event WHERE stream_id = ? AND stream = 'case' AND refusal IS NULL
ORDER BY version IS NULL, version, device_seq, place
"""


def next_sequence(connection: Connection, device: UUID) -> int:
    """The number of this device's next event. Right only under the write lock; never keep it."""
    row = connection.execute("SELECT max(device_seq) FROM event WHERE device = ?", (device.bytes,)).fetchone()
    return int(row[0] or 0) + 1


def write_pending(connection: Connection, event: Event) -> None:
    """Put an event of ours into the log and the outbox."""
    _insert(connection, event, None)


def case(connection: Connection, case_id: UUID) -> Case:
    """The fold of the case's events: confirmed by version, then pending by sequence; refused ones left out."""
    return fold(case_id, (_event(row[0]) for row in connection.execute(_FOLDED, (case_id.bytes,))))


def case_ids(connection: Connection) -> tuple[UUID, ...]:
    """Every case that has an event here, refused ones included."""
    rows = connection.execute("SELECT DISTINCT stream_id FROM event WHERE stream = ?", (Stream.CASE.value,))
    return tuple(UUID(bytes=row[0]) for row in rows)


def unsent_of(connection: Connection, case_id: UUID) -> int:
    """How many of the case's events are still to be sent."""
    query = "SELECT count(*) FROM event WHERE stream_id = ? AND unsent = 1"
    return int(connection.execute(query, (case_id.bytes,)).fetchone()[0])


def delivery(connection: Connection, case_id: UUID) -> Mapping[UUID, Delivery]:
    """Where each of the case's events stands, by event id."""
    rows = connection.execute("SELECT id, unsent, refusal FROM event WHERE stream_id = ?", (case_id.bytes,))
    return {UUID(bytes=event_id): _delivery(bool(unsent), refusal) for event_id, unsent, refusal in rows}


def _delivery(unsent: bool, refusal: str | None) -> Delivery:
    if refusal is not None:
        return Delivery(DeliveryState.REFUSED, refusal)
    return PENDING if unsent else CONFIRMED


def outbox(connection: Connection, limit: int) -> tuple[Event, ...]:
    """What is to be sent, in sequence, at most `limit`."""
    rows = connection.execute("SELECT json FROM event WHERE unsent = 1 ORDER BY device_seq LIMIT ?", (limit,))
    return tuple(_event(row[0]) for row in rows)


def accept(connection: Connection, accepted: Sequence[tuple[UUID, int]]) -> tuple[Event, ...]:
    """Give these events their versions. Returns those that are here; what is not here is left alone."""
    return _present(_confirm(connection, event_id, version) for event_id, version in accepted)


def refuse(connection: Connection, event_id: UUID, reason: str) -> Event | None:
    """Take a pending event out of the fold and keep it with the reason.

    Returns it, or None where there was nothing to do: a confirmed event stays confirmed, whatever comes late.
    """
    row = connection.execute(
        "UPDATE event SET unsent = 0, version = NULL, refusal = ? WHERE id = ? AND unsent = 1 RETURNING json",
        (reason, event_id.bytes),
    ).fetchone()
    return _event(row[0]) if row else None


def receive(connection: Connection, confirmed: Iterable[Confirmed]) -> tuple[tuple[Event, ...], int]:
    """Keep what the service confirmed. Returns all of it as it stands here, and how many were new.

    An event that is here already is confirmed by it, pending or refused as it may have been.
    """
    kept, new = [], 0
    for one in confirmed:
        held = _confirm(connection, one.event.id, one.version)
        if held is None:
            _insert(connection, one.event, one.version)
            new += 1
        elif held != one.event:
            _log.warning("Event %s came back changed; what was written first is kept", one.event.id)
        kept.append(held or one.event)
    return tuple(kept), new


def send_again(connection: Connection, device: UUID) -> None:
    """Put all of this device's confirmed events back into the outbox; they keep their place until then."""
    connection.execute("UPDATE event SET unsent = 1 WHERE device = ? AND version IS NOT NULL", (device.bytes,))


def cursor(connection: Connection) -> str | None:
    """How far the service's log was read."""
    return fact(connection, _CURSOR)


def set_cursor(connection: Connection, cursor: str | None) -> None:
    """Remember how far the service's log was read; None forgets it."""
    set_fact(connection, _CURSOR, cursor)


def fact(connection: Connection, name: str) -> str | None:
    """A small fact by its name."""
    row = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def set_fact(connection: Connection, name: str, value: str | None) -> None:
    """Remember a small fact in place of an older one; None forgets it."""
    if value is None:
        connection.execute("DELETE FROM fact WHERE name = ?", (name,))
    else:
        connection.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, value))


def _insert(connection: Connection, event: Event, version: int | None) -> None:
    row = (
        event.id.bytes,
        event.stream.value,
        event.stream_id.bytes,
        event.kind,
        event.device.bytes,
        event.device_seq,
        version,
        version is None,
        event.model_dump_json(),
    )
    connection.execute(_INSERT, row)


def _confirm(connection: Connection, event_id: UUID, version: int) -> Event | None:
    row = connection.execute(
        "UPDATE event SET version = ?, unsent = 0, refusal = NULL WHERE id = ? RETURNING json",
        (version, event_id.bytes),
    ).fetchone()
    return _event(row[0]) if row else None


def _present(events: Iterable[Event | None]) -> tuple[Event, ...]:
    return tuple(event for event in events if event is not None)


def _event(json: str) -> Event:
    return Event.model_validate_json(json)
