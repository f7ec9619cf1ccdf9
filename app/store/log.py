"""The log in the store: events as they came, which of them are still to be sent, and how far the service was read.

All functions belong to the store's own thread, and to a transaction where they write.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.domain import streams
from app.domain.case import Case, fold
from app.domain.entry import Entry, entry_of
from app.domain.events import Confirmed, Event, Stream
from app.domain.streams import State
from app.store import sequence
from app.store.connection import Connection, insert_many
from app.store.facts import fact, set_fact
from app.store.records import CONFIRMED, PENDING, Delivery, DeliveryState

_log = logging.getLogger(__name__)

_CURSOR = "cursor"
_RESTARTS = "restarts"
_INTO = f"event ({', '.join(Entry._fields)})"
# What the service's log of now has, then what its earlier one had, then what was never sent.
_FOLDED = """
SELECT json FROM event WHERE stream_id = ? AND stream = ? AND refusal IS NULL
ORDER BY unsent <> 0, version IS NULL, version, device_seq, place
"""
_OUTBOX = """
SELECT json FROM event WHERE unsent = 1
AND stream_id NOT IN (SELECT stream_id FROM event WHERE unsent = 2)
ORDER BY device_seq LIMIT ?
"""
_BESIDE = """
SELECT stream, stream_id FROM event WHERE stream <> 'case' AND instr(json, ?) > 0
GROUP BY stream, stream_id ORDER BY min(place)
"""
_WORKED_ON = """
SELECT DISTINCT stream_id FROM event WHERE kind = 'work_recorded' AND refusal IS NULL AND instr(json, ?) > 0
AND substr(json_extract(json, '$.body.end'), 1, 10) >= ? AND substr(json_extract(json, '$.body.start'), 1, 10) <= ?
"""
LISTED = ("case_closed", "colleague_asked", "fix_planned", "handover_offered")
"""The kinds that are found by an index of their own: it is used only where the question names them just as it does."""
_OF_KIND = """
SELECT json FROM event WHERE kind = ? AND refusal IS NULL
ORDER BY unsent <> 0, version IS NULL, version, device_seq, place
"""
_LISTED = _OF_KIND.replace("kind = ?", f"kind = ? AND kind IN {LISTED}")
_LOST = "SELECT version, stamp, json FROM event WHERE unsent = 2 ORDER BY version, place LIMIT ?"
_LOSE = """
UPDATE event SET unsent = CASE WHEN device = ? AND stamp = '' THEN 1 ELSE 2 END WHERE version IS NOT NULL AND unsent = 0
"""

_AT_ONCE = 500
"""How many ids one question names."""


class Received(NamedTuple):
    """A page as it was kept: what was not here before, and what was, as it stands here."""

    fresh: Sequence[Entry]
    held: tuple[Event, ...]


def write_pending(connection: Connection, event: Event) -> None:
    """Put an event of ours into the log and the outbox. It has this device's highest number."""
    insert_many(connection, _INTO, [entry_of(event, event.model_dump_json())])
    sequence.used(connection, event.device, event.device_seq)


def case(connection: Connection, case_id: UUID) -> Case:
    """The fold of the case's events: confirmed by version, then pending by sequence; refused ones left out."""
    return fold(case_id, events_of(connection, case_id))


def state(connection: Connection, stream: Stream, stream_id: UUID) -> State:
    """The fold of any stream's events, as that of a case."""
    return streams.fold(stream, stream_id, events_of(connection, stream_id, stream))


def events_of(connection: Connection, stream_id: UUID, stream: Stream = Stream.CASE) -> Iterator[Event]:
    """The events of the case, or of another stream, in the order in which they fold."""
    return (event_of(row[0]) for row in connection.execute(_FOLDED, (stream_id.bytes, stream.value)))


def is_of_another_stream(connection: Connection, stream: Stream, stream_id: UUID) -> bool:
    """Whether the id is that of something else, which has an event here."""
    query = "SELECT 1 FROM event WHERE stream_id = ? AND stream <> ? LIMIT 1"
    return connection.execute(query, (stream_id.bytes, stream.value)).fetchone() is not None


def ids_beside_cases(connection: Connection, naming: UUID | None = None) -> tuple[tuple[Stream, UUID], ...]:
    """Everything that is no case and has an event here, refused ones included, in the order of their first events.

    With `naming` only that of which an event tells this id.
    """
    rows = connection.execute(_BESIDE, (str(naming) if naming else "",))
    return tuple((Stream(stream), UUID(bytes=name)) for stream, name in rows)


def case_ids(connection: Connection) -> tuple[UUID, ...]:
    """Every case that has an event here, refused ones included."""
    rows = connection.execute("SELECT DISTINCT stream_id FROM event WHERE stream = ?", (Stream.CASE.value,))
    return tuple(UUID(bytes=row[0]) for row in rows)


def events_of_kind(connection: Connection, kind: str) -> Iterator[Event]:
    """All events of this kind that count, in the order in which they fold. Reads past all others save for `LISTED`."""
    query = _LISTED if kind in LISTED else _OF_KIND
    return (event_of(row[0]) for row in connection.execute(query, (kind,)))


def forget_drafts(connection: Connection, case_id: UUID) -> None:
    """What somebody had begun to write about the case is gone."""
    connection.execute("DELETE FROM fact WHERE name GLOB ?", (f"value:{draft_name(case_id, '*')}",))


def draft_name(case_id: UUID, what: str) -> str:
    """By what name the draft of something about a case is remembered."""
    return f"draft {case_id} {what}"


def worked_on(connection: Connection, person: UUID, first: date, last: date) -> tuple[UUID, ...]:
    """The cases on which this person has recorded time that touches these days (UTC)."""
    rows = connection.execute(_WORKED_ON, (str(person), first.isoformat(), last.isoformat()))
    return tuple(UUID(bytes=row[0]) for row in rows)


def holds_events(connection: Connection) -> bool:
    """Whether there is any event here."""
    return connection.execute("SELECT 1 FROM event LIMIT 1").fetchone() is not None


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
    """What is to be sent, in sequence, at most `limit`.

    What builds upon something that the service has lost waits until that is given back.
    """
    return tuple(event_of(row[0]) for row in connection.execute(_OUTBOX, (limit,)))


def lost(connection: Connection, limit: int) -> tuple[Confirmed, ...]:
    """What an earlier log of the service had and the one of now has not, in that log's order, at most `limit`."""
    rows = connection.execute(_LOST, (limit,))
    return tuple(Confirmed(version=version, stamp=stamp, event=event_of(json)) for version, stamp, json in rows)


def accept(connection: Connection, accepted: Sequence[tuple[UUID, int]]) -> tuple[Event, ...]:
    """Give these events their versions. Returns those that are here; what is not here is left alone."""
    return _present(_confirm(connection, event_id, version) for event_id, version in accepted)


def refuse(connection: Connection, event_id: UUID, reason: str) -> Event | None:
    """Take a pending event out of the fold and keep it with the reason.

    Returns it, or None where there was nothing to do: a confirmed event stays confirmed, whatever comes late.
    """
    row = connection.execute(
        "UPDATE event SET unsent = 0, version = NULL, refusal = ? WHERE id = ? AND unsent > 0 RETURNING json",
        (reason, event_id.bytes),
    ).fetchone()
    return event_of(row[0]) if row else None


def receive(connection: Connection, entries: Sequence[Entry]) -> Received:
    """Keep what the service confirmed. An event that is here already is confirmed by it, pending or refused."""
    last = last_place(connection)
    if insert_many(connection, _INTO, entries, "ON CONFLICT (id) DO NOTHING") == len(entries):
        return Received(entries, ())
    here = _here(connection, entries, last)
    fresh: list[Entry] = []
    again: list[Entry] = []
    for entry in entries:
        (again if entry.id in here else fresh).append(entry)
        here.add(entry.id)
    return Received(fresh, _present(_confirm_again(connection, entry) for entry in again))


def last_place(connection: Connection) -> int:
    """The place of the event that was written last; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(place), 0) FROM event").fetchone()[0])


def _here(connection: Connection, entries: Sequence[Entry], last: int) -> set[bytes]:
    """The ids of those that are in the log up to this place."""
    found: set[bytes] = set()
    for start in range(0, len(entries), _AT_ONCE):
        part = [entry.id for entry in entries[start : start + _AT_ONCE]]
        query = f"SELECT id FROM event WHERE id IN ({', '.join('?' * len(part))}) AND place <= ?"  # noqa: S608
        found.update(row[0] for row in connection.execute(query, (*part, last)))
    return found


def lose_all(connection: Connection, device: UUID) -> bool:
    """Nothing counts as being at the service until it is read there again. Returns whether anything did.

    Events keep their place until then. What bears no stamp can be sent by the device that wrote it, and by no other.
    """
    set_fact(connection, _RESTARTS, str(restarts(connection) + 1))
    return bool(connection.execute(_LOSE, (device.bytes,)).rowcount)


def restarts(connection: Connection) -> int:
    """How often the service's log was another one than before. An answer from before then tells nothing any more."""
    return int(fact(connection, _RESTARTS) or 0)


def send_by_itself(connection: Connection, event_id: UUID) -> None:
    """Have this lost event of ours judged like any other that is sent."""
    connection.execute("UPDATE event SET unsent = 1 WHERE id = ? AND unsent = 2", (event_id.bytes,))


def cursor(connection: Connection) -> str | None:
    """How far the service's log was read."""
    return fact(connection, _CURSOR)


def set_cursor(connection: Connection, cursor: str | None) -> None:
    """Remember how far the service's log was read; None forgets it."""
    set_fact(connection, _CURSOR, cursor)


def _confirm_again(connection: Connection, entry: Entry) -> Event | None:
    kept = _confirm(connection, UUID(bytes=entry.id), entry.version, entry.stamp)
    if kept != event_of(entry.json):
        _log.warning("Event %s came back changed; what was written first is kept", UUID(bytes=entry.id))
    return kept


def _confirm(connection: Connection, event_id: UUID, version: int | None, stamp: str = "") -> Event | None:
    row = connection.execute(
        "UPDATE event SET version = ?, unsent = 0, refusal = NULL, stamp = coalesce(nullif(?, ''), stamp) "
        "WHERE id = ? RETURNING json",
        (version, stamp, event_id.bytes),
    ).fetchone()
    return event_of(row[0]) if row else None


def _present(events: Iterable[Event | None]) -> tuple[Event, ...]:
    return tuple(event for event in events if event is not None)


def event_of(json: str) -> Event:
    """The event that is kept so."""
    return Event.model_validate_json(json)
