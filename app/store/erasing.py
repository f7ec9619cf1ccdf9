"""Erases on this device what the owner erased at the service: texts, names, blobs, and what search keeps of them.

All functions belong to the store's own thread, and to a transaction.
"""

from collections.abc import Iterable
from uuid import UUID

from app.domain.erasure import erasure_in, redacted
from app.domain.events import Event, PersonErased, named_blobs
from app.domain.people import Role
from app.store import blobs, log, passages, projections
from app.store.connection import Connection

_HELD = "SELECT place, json, refusal IS NULL FROM event WHERE stream_id = ?"
_UNNAMED = (
    "DELETE FROM blob WHERE sha256 = ? AND sha256 NOT IN (SELECT sha256 FROM blob_named)",
    "DELETE FROM blob_part WHERE sha256 = ? AND sha256 NOT IN (SELECT sha256 FROM blob_named)",
)


def erase(connection: Connection, received: Iterable[Event]) -> None:
    """Where one of these events erases somebody from a case, do so here: pending and refused events are no exception.

    What is deleted is overwritten on the disk too, beneath the encryption.
    """
    for event in received:
        erased = erasure_in(event)
        if erased is not None:
            connection.execute("PRAGMA secure_delete = ON")
            _erase_from_case(connection, event.stream_id, erased)


def _erase_from_case(connection: Connection, case_id: UUID, erased: PersonErased) -> None:
    named: set[str] = set()
    for place, json, counts in connection.execute(_HELD, (case_id.bytes,)).fetchall():
        event = Event.model_validate_json(json)
        left = redacted(event, erased)
        if left == event:
            continue
        named.update(named_blobs(event))
        values = (left.kind, left.model_dump_json(), place)
        connection.execute("UPDATE event SET kind = ?, json = ? WHERE place = ?", values)
        projections.unfollow(connection, event)
        if counts:
            projections.follow(connection, left)
    if erased.role is Role.CUSTOMER:
        passages.forget_terminals(connection, case_id)
        log.forget_drafts(connection, case_id)
    for statement in _UNNAMED:
        connection.executemany(statement, [(sha256,) for sha256 in named])
    blobs.mend_case(connection, case_id)
