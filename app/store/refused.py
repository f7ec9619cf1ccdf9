"""What the service refused, and what became of it: replaced by another event, discarded by hand, or neither yet.

All functions belong to the store's own thread, and to a transaction where they write.
"""

from datetime import datetime
from uuid import UUID

from app.domain.events import Event
from app.domain.progress import Standing
from app.store.connection import Connection
from app.store.errors import NothingRefusedError
from app.store.records import RefusedEvent, Settlement

_REFUSED = """
SELECT json, refusal, refusal_settled.event IS NOT NULL, replaced_by
FROM event LEFT JOIN refusal_settled ON refusal_settled.event = event.id
WHERE refusal IS NOT NULL
"""
_OPEN = "refusal IS NOT NULL AND id NOT IN (SELECT event FROM refusal_settled)"
_STANDING = f"""
SELECT (SELECT count(*) FROM event WHERE unsent = 1),
       (SELECT coalesce(sum(length(content)), 0) FROM blob WHERE unsent = 1),
       (SELECT count(*) FROM event WHERE {_OPEN})
"""  # noqa: S608 - no value in it


def refused(connection: Connection) -> tuple[RefusedEvent, ...]:
    """All that was refused, oldest first, whatever became of it."""
    return _found(connection, f"{_REFUSED} ORDER BY device_seq")


def refused_of(connection: Connection, case_id: UUID) -> tuple[RefusedEvent, ...]:
    """What was refused of one case, oldest first, whatever became of it."""
    return _found(connection, f"{_REFUSED} AND stream_id = ? ORDER BY device_seq", case_id.bytes)


def require_open(connection: Connection, event_id: UUID) -> Event:
    """The refused event, for which nothing is decided yet. Raises `NothingRefusedError`."""
    query = f"SELECT json FROM event WHERE id = ? AND {_OPEN}"  # noqa: S608 - no value in it
    row = connection.execute(query, (event_id.bytes,)).fetchone()
    if row is None:
        raise NothingRefusedError
    return Event.model_validate_json(row[0])


def settle(connection: Connection, event_id: UUID, now: datetime, replaced_by: UUID | None = None) -> None:
    """Decide what becomes of a refused event. It stays in the log, and is never sent."""
    connection.execute(
        "INSERT INTO refusal_settled (event, replaced_by, at) VALUES (?, ?, ?)",
        (event_id.bytes, replaced_by.bytes if replaced_by else None, now.isoformat()),
    )


def standing(connection: Connection) -> Standing:
    """What waits on this device."""
    return Standing(*connection.execute(_STANDING).fetchone())


def _found(connection: Connection, query: str, *values: bytes) -> tuple[RefusedEvent, ...]:
    return tuple(
        RefusedEvent(
            Event.model_validate_json(json),
            reason,
            _settlement(bool(settled), replaced_by),
            UUID(bytes=replaced_by) if replaced_by else None,
        )
        for json, reason, settled, replaced_by in connection.execute(query, values)
    )


def _settlement(settled: bool, replaced_by: bytes | None) -> Settlement:
    if not settled:
        return Settlement.OPEN
    return Settlement.REPLACED if replaced_by else Settlement.DISCARDED
