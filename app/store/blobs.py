"""Content by its SHA-256: what was made here and is to be sent, what events name and is still missing.

All functions belong to the store's own thread, and to a transaction where they write.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.events import Event, SessionEnded, named_blobs
from app.store import blob_parts
from app.store.connection import Connection
from app.store.records import RecordingToIndex

_COLUMNS = "event, sha256, case_id, session, at"
_HELD = "sha256 IN (SELECT sha256 FROM blob)"
_INDEXED = "EXISTS (SELECT 1 FROM passage WHERE passage.event IS NULL AND passage.session = blob_named.session)"
_NAME = f"""
INSERT OR IGNORE INTO blob_named ({_COLUMNS}, held, indexed) VALUES (
    ?1, ?2, ?3, ?4, ?5, ?2 IN (SELECT sha256 FROM blob),
    EXISTS (SELECT 1 FROM passage WHERE passage.event IS NULL AND passage.session = ?4)
)
"""  # noqa: S608 - no value in it
_MEND = f"""
UPDATE blob_named SET held = {_HELD}, indexed = {_INDEXED}
WHERE case_id = ? AND (held <> {_HELD} OR indexed <> {_INDEXED})
"""  # noqa: S608 - no value in it
_MISSING = "SELECT DISTINCT sha256 FROM blob_named WHERE held = 0 AND sha256 > ? ORDER BY sha256 LIMIT ?"
_RECORDING = """
SELECT blob.content FROM blob_named JOIN blob USING (sha256) WHERE blob_named.session = ? ORDER BY blob_named.at LIMIT 1
"""
_TO_INDEX = """
SELECT case_id, session, min(at), sha256 FROM blob_named
WHERE held = 1 AND indexed = 0 AND session IS NOT NULL GROUP BY session ORDER BY min(at)
"""


class Row(NamedTuple):
    """A blob that an event names, as it is kept. `session` is set where it is that session's recording."""

    event: bytes
    sha256: str
    case_id: bytes
    session: bytes | None
    at: str


def put(connection: Connection, content: bytes | bytearray, *, own: bool) -> str:
    """Keep the content once. Content made here (`own`) is marked for sending. Returns its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    connection.execute(
        "INSERT INTO blob (sha256, own, unsent, content) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET own = 1, unsent = 1 WHERE own = 0 AND excluded.own = 1",
        (sha256, own, own, content),
    )
    connection.execute("UPDATE blob_named SET held = 1 WHERE sha256 = ? AND held = 0", (sha256,))
    blob_parts.drop(connection, sha256)
    return sha256


def get(connection: Connection, sha256: str) -> bytes | None:
    """The content, or None where it is not held."""
    row = connection.execute("SELECT content FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
    return bytes(row[0]) if row else None


def holds(connection: Connection, sha256: str) -> bool:
    """Whether it is here."""
    return connection.execute("SELECT 1 FROM blob WHERE sha256 = ?", (sha256,)).fetchone() is not None


def to_send(connection: Connection) -> tuple[str, ...]:
    """What was made here and has not reached the service, oldest first."""
    return tuple(row[0] for row in connection.execute("SELECT sha256 FROM blob WHERE unsent = 1 ORDER BY place"))


def mark_sent(connection: Connection, sha256: str) -> None:
    """The service holds this one."""
    connection.execute("UPDATE blob SET unsent = 0 WHERE sha256 = ?", (sha256,))


def send_again(connection: Connection) -> None:
    """Mark all that was made here for sending."""
    connection.execute("UPDATE blob SET unsent = 1 WHERE own = 1")


def rows_of(event: Event) -> tuple[Row, ...]:
    """Which blobs the event names."""
    body = event.body
    recording, session = (body.recording, body.session.bytes) if isinstance(body, SessionEnded) else (None, None)
    return tuple(
        Row(
            event.id.bytes,
            sha256,
            event.stream_id.bytes,
            session if sha256 == recording else None,
            event.at.isoformat(),
        )
        for sha256 in named_blobs(event)
    )


def name(connection: Connection, event: Event) -> None:
    """Remember which blobs the event names. Twice is fine."""
    name_all(connection, (event,))


def name_all(connection: Connection, events: Iterable[Event]) -> None:
    """Remember which blobs these events name. Twice is fine."""
    connection.executemany(_NAME, [row for event in events for row in rows_of(event)])


def forget_event(connection: Connection, event_id: UUID) -> None:
    """The event names nothing that counts: it was refused."""
    connection.execute("DELETE FROM blob_named WHERE event = ?", (event_id.bytes,))


def kept_of(connection: Connection, case_id: UUID) -> set[Row]:
    """What is kept of the blobs that the case's events name."""
    query = f"SELECT {_COLUMNS} FROM blob_named WHERE case_id = ?"  # noqa: S608 - no value in it
    return {Row(*row) for row in connection.execute(query, (case_id.bytes,))}


def forget_case(connection: Connection, case_id: UUID) -> None:
    """The case's events name nothing."""
    connection.execute("DELETE FROM blob_named WHERE case_id = ?", (case_id.bytes,))


def mend_case(connection: Connection, case_id: UUID) -> int:
    """Have it right of the case's blobs what is here and what was indexed. Returns of how many it was not."""
    return connection.execute(_MEND, (case_id.bytes,)).rowcount


def missing(connection: Connection, limit: int, after: str) -> tuple[str, ...]:
    """What events name and is not held: by SHA-256, from the one that follows `after` on, at most `limit`."""
    return tuple(row[0] for row in connection.execute(_MISSING, (after, limit)))


def missing_count(connection: Connection) -> int:
    """How much that is."""
    return int(connection.execute("SELECT count(DISTINCT sha256) FROM blob_named WHERE held = 0").fetchone()[0])


def mark_indexed(connection: Connection, session: UUID) -> None:
    """Search was handed the text of this session's recording."""
    connection.execute("UPDATE blob_named SET indexed = 1 WHERE session = ?", (session.bytes,))


def recordings_to_index(connection: Connection) -> tuple[RecordingToIndex, ...]:
    """The recordings that are held and whose text was not handed to the search yet, oldest first."""
    return tuple(
        RecordingToIndex(UUID(bytes=case_id), UUID(bytes=session), datetime.fromisoformat(at), sha256)
        for case_id, session, at, sha256 in connection.execute(_TO_INDEX)
    )


def recording(connection: Connection, session: UUID) -> bytes | None:
    """The recording of this session, or None where it is not held."""
    row = connection.execute(_RECORDING, (session.bytes,)).fetchone()
    return None if row is None else bytes(row[0])
