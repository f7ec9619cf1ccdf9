"""All that the store holds, read at one moment: every event as it was written, and which files there are.

Belongs to the store's own thread and to one transaction.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.store.connection import Connection
from app.store.records import DeliveryState, Settlement

_STREAMS = "SELECT stream_id FROM event GROUP BY stream_id ORDER BY min(place)"
# Each stream in the order in which it folds.
_EVENTS = """
SELECT json, version, unsent, refusal, refusal_settled.event IS NOT NULL, lower(hex(replaced_by)),
       (SELECT json_group_array(sha256) FROM blob_named WHERE blob_named.event = event.id)
FROM event LEFT JOIN refusal_settled ON refusal_settled.event = event.id WHERE stream_id = ?
ORDER BY unsent <> 0, version IS NULL, version, device_seq, place
"""
_FILES = """
SELECT sha256, length(content) FROM blob
UNION ALL SELECT DISTINCT sha256, NULL FROM blob_named WHERE sha256 NOT IN (SELECT sha256 FROM blob)
ORDER BY sha256
"""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event as it stands here. `json` is the event itself, one line, as it was written.

    `version` is None until the service has confirmed it. `reason` is the service's where it refused it, `settlement`
    what became of it then, and `replaced_by` the id (32 hexadecimal digits) of what was written in its place.
    """

    json: str
    state: DeliveryState
    version: int | None
    reason: str | None
    settlement: Settlement | None
    replaced_by: str | None
    blobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is here, or that an event names and that is not here: then `bytes` is None."""

    sha256: str
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """What there is to read. The iterators read as they go, and only while the store's job runs."""

    events: Iterator[KeptEvent]
    files: Iterator[KeptFile]
    count: int


def everything(connection: Connection) -> Everything:
    """Stream by stream, the one that was begun first before the others."""
    count = int(connection.execute("SELECT count(*) FROM event").fetchone()[0])
    files = (KeptFile(*row) for row in connection.execute(_FILES))
    return Everything(_events(connection), files, count)


def _events(connection: Connection) -> Iterator[KeptEvent]:
    for (stream,) in connection.execute(_STREAMS).fetchall():
        for text, version, unsent, reason, settled, replaced_by, blobs in connection.execute(_EVENTS, (stream,)):
            state = DeliveryState.PENDING if unsent else DeliveryState.CONFIRMED
            settlement = None
            if reason is not None:
                state, settlement = DeliveryState.REFUSED, _settlement(bool(settled), replaced_by)
            yield KeptEvent(text, state, version, reason, settlement, replaced_by or None, tuple(json.loads(blobs)))


def _settlement(settled: bool, replaced_by: str | None) -> Settlement:
    if not settled:
        return Settlement.OPEN
    return Settlement.REPLACED if replaced_by else Settlement.DISCARDED
