"""Keeps what the service confirmed, a page at a time: in bulk, with the lists and the search that follow from it.

A first sync brings hundreds of thousands of events. Folding each page's cases from their first event would take ever
longer, so it is remembered between pages how the cases stood after the last one. That is trusted only where nobody
wrote to the store since: neither this program nor another.

Belongs to the store's own thread, and to a transaction.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from app.domain.case import Case
from app.domain.erasure import erasure_in
from app.domain.events import Confirmed, Stream
from app.store import blobs, erasing, log, passages, projections
from app.store.connection import Connection
from app.store.incoming import Incoming
from app.store.records import CaseRow

_MOST_REMEMBERED = 4000
"""Cases. One takes some kilobytes, most of it its findings."""


class _Standing(NamedTuple):
    """A case as far as its row shows it, after the confirmed event with this version; nothing of it is pending."""

    case: Case
    version: int


class Receiver:
    """Keeps pages of confirmed events. One belongs to one connection."""

    def __init__(self) -> None:
        self._standings: OrderedDict[UUID, _Standing] = OrderedDict()
        self._others: int | None = None
        self._ours: int | None = None

    def receive(self, connection: Connection, incoming: Sequence[Incoming], cursor: str) -> int:
        """Keep these, all that follows from them, and the cursor. Returns how many were new here.

        An event that is here already is confirmed by it, pending or refused as it may have been.
        """
        others = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if (self._others, self._ours) != (others, connection.total_changes):
            self._standings.clear()
        self._others, self._ours = others, None  # not to be trusted unless this is committed
        known = self._known(connection, incoming)
        received = log.receive(connection, incoming)
        fresh = [one.confirmed.event for one in received.fresh]
        passages.index_fresh(connection, (row for one in received.fresh for row in one.passages))
        blobs.name_all(connection, fresh)
        for event in received.held:
            projections.follow(connection, event)
        erasing.erase(connection, (*fresh, *received.held))
        self._refresh(connection, received, known)
        projections.refresh_articles(connection, (*fresh, *received.held))
        log.set_cursor(connection, cursor)
        return len(fresh)

    def trust(self, connection: Connection) -> None:
        """What was received last is committed, by this connection just now."""
        self._ours = connection.total_changes  # only now: at the commit the search writes its own

    def _known(self, connection: Connection, incoming: Sequence[Incoming]) -> set[UUID]:
        """Those of the events' cases that may have earlier events here, and of which nothing is remembered."""
        ids = {one.confirmed.event.stream_id for one in incoming} - self._standings.keys()
        return log.streams_with_events(connection, ids)

    def _refresh(self, connection: Connection, received: log.Received, known: set[UUID]) -> None:
        """Make the rows of all cases that something came for."""
        coming: dict[UUID, list[Confirmed]] = {}
        for one, *_ in received.fresh:
            if one.event.stream is Stream.CASE:
                coming.setdefault(one.event.stream_id, []).append(one)
        anew = {event.stream_id for event in received.held if event.stream is Stream.CASE}
        anew |= {case_id for case_id, fresh in coming.items() if any(erasure_in(one.event) for one in fresh)}
        rows = []
        for case_id, fresh in coming.items():
            if case_id not in anew and case_id not in known and (row := self._advance(case_id, fresh)):
                rows.append(row)
            else:
                anew.add(case_id)
        projections.write_rows(connection, rows)
        for case_id in anew:
            self._fold(connection, case_id)
        while len(self._standings) > _MOST_REMEMBERED:
            self._standings.popitem(last=False)

    def _advance(self, case_id: UUID, fresh: Sequence[Confirmed]) -> CaseRow | None:
        """The row after these events; None where they do not simply follow what is remembered."""
        case, version = self._standings.pop(case_id, _Standing(Case(case_id), 0))
        for one in fresh:
            if one.version <= version:
                return None
            version = one.version
        case = projections.shown_after(case, [one.event for one in fresh])
        self._standings[case_id] = _Standing(case, version)
        return projections.row_of(case, 0)

    def _fold(self, connection: Connection, case_id: UUID) -> None:
        """Make the case's row from all of its events, and remember it for the next page."""
        self._standings.pop(case_id, None)
        unsent, version = log.standing_of(connection, case_id)
        case = projections.shown_after(Case(case_id), log.events_of(connection, case_id))
        projections.write_row(connection, case_id, projections.row_of(case, unsent))
        if not unsent and version is not None:
            self._standings[case_id] = _Standing(case, version)
