"""Keeps what the service confirmed, a page at a time: with the lists and the search that follow from it, or, where far
more is to come, in the log alone for now (see following.py).

All functions belong to the store's own thread, and to a transaction.
"""

from collections.abc import Sequence
from uuid import UUID

from app.domain import erasure
from app.domain.entry import Entry
from app.domain.events import Stream
from app.store import blobs, erasing, following, log, passages, projections, sequence
from app.store.connection import Connection


def receive(connection: Connection, device: UUID, entries: Sequence[Entry], cursor: str, *, more: bool) -> int:
    """Keep these and the cursor. Returns how many were new here.

    An event that is here already is confirmed by it, pending or refused as it may have been. `device` is this one.
    What is new is followed later where there is `more` to come; erasures never wait.
    """
    last = log.last_place(connection)
    received = log.receive(connection, entries)
    sequence.heed(connection, device, last)
    fresh = [log.event_of(entry.json) for entry in received.fresh if not more or entry.kind == erasure.KIND]
    if more:
        following.leave(connection, last + 1)
    else:
        passages.index_fresh(connection, fresh)
        blobs.name_all(connection, fresh)
    for event in received.held:
        projections.follow(connection, event)
    followed = (*fresh, *received.held)
    erasing.erase(connection, followed)
    for case_id in {event.stream_id for event in followed if event.stream is Stream.CASE}:
        projections.refresh(connection, case_id)
    projections.refresh_articles(connection, followed)
    log.set_cursor(connection, cursor)
    return len(received.fresh)
