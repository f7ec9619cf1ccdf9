"""Catches up with the log where far more came than could be looked into at once: lists, search and names of files.

A first sync brings hundreds of thousands of events. They are put into the log first, from where every case can be
read whole; what is kept beside the log follows here, a batch at a time, the newest first. Each batch is one
transaction with the word of how far it came, so that it goes on where it was cut off, in whatever program.

All functions belong to the store's own thread, and to a transaction.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from app.domain.events import Event, Stream
from app.store import blobs, log, passages, projections
from app.store.connection import Connection

_AT_ONCE = 2000
"""Events. Whoever wants to read from the store meanwhile waits that long."""

_ROOM = 2**31
"""How many places for passages are kept free: for each event as many as its text may have parts, and far more."""

_LEFT = "SELECT first, last, newest, passage FROM to_follow ORDER BY first DESC LIMIT 1"
_LEAVE = "INSERT INTO to_follow (first, last, newest, passage) VALUES (?1, ?2, ?2, ?3)"
_LEAVE_MORE = """
UPDATE to_follow SET last = ?1, newest = ?1 WHERE last = newest AND first = (SELECT max(first) FROM to_follow)
"""
_BATCH = "SELECT place, json FROM event WHERE place BETWEEN ? AND ? AND refusal IS NULL ORDER BY place"
_SEARCHED = """
SELECT event.place FROM event JOIN passage ON passage.event = event.id
WHERE event.place BETWEEN ? AND ? AND part = 0
"""
_CASES = """
SELECT DISTINCT stream_id FROM event AS one WHERE place BETWEEN ?1 AND ?2 AND stream = 'case' AND NOT EXISTS (
    SELECT 1 FROM event AS later
    WHERE later.stream_id = one.stream_id AND later.stream = 'case' AND later.place > ?2 AND later.place <= ?3
)
"""


class _Left(NamedTuple):
    """A row of `to_follow`: see steps/0003.sql."""

    first: int
    last: int
    newest: int
    passage: int


def leave(connection: Connection, first: int) -> None:
    """The events from this place on are to be followed later."""
    newest = log.last_place(connection)
    if newest >= first and not connection.execute(_LEAVE_MORE, (newest,)).rowcount:
        connection.execute(_LEAVE, (first, newest, passages.next_place(connection) + _ROOM))


def count(connection: Connection) -> int:
    """How many events are to be followed."""
    return int(connection.execute("SELECT coalesce(sum(last - first + 1), 0) FROM to_follow").fetchone()[0])


def follow_some(connection: Connection) -> None:
    """Follow the newest of them. Nothing happens where there are none."""
    row = connection.execute(_LEFT).fetchone()
    if row is None:
        return
    left = _Left(*row)
    first = max(left.first, left.last - _AT_ONCE + 1)
    events = {place: log.event_of(json) for place, json in connection.execute(_BATCH, (first, left.last))}
    passage = _make_searchable(connection, events, first, left)
    blobs.name_all(connection, events.values())
    for (name,) in connection.execute(_CASES, (first, left.last, left.newest)).fetchall():
        projections.refresh(connection, UUID(bytes=name))  # whole, where the batch has the newest of its events
    projections.refresh_articles(connection, events.values())
    connection.execute("UPDATE to_follow SET last = ?, passage = ? WHERE first = ?", (first - 1, passage, left.first))
    connection.execute("DELETE FROM to_follow WHERE last < first")


def _make_searchable(connection: Connection, events: Mapping[int, Event], first: int, left: _Left) -> int:
    """Those of which nothing is found yet. Of an article that depends on its other events."""
    searched = {place for (place,) in connection.execute(_SEARCHED, (first, left.last))}
    fresh = (event for place, event in events.items() if place not in searched and event.stream is not Stream.ARTICLE)
    return passages.index_before(connection, fresh, left.passage)
