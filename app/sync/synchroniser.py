"""Brings a device's log and the service's together. Whatever is cut in the middle, the next run completes.

What was written here leaves the outbox only once the service's answer is kept here; what comes from the
service is kept together with the cursor. Both may happen twice without harm. Where the service's log is another one
than before (a restored backup), it is read from the start, and what it lacks is given back, whoever wrote it: see
docs/decisions/0009.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from app.domain.events import Event
from app.domain.progress import Progress as Step
from app.domain.progress import Report, Unit, Work, silent
from app.sync.client import LONGEST_WAIT, ServiceClient, Verdict
from app.sync.errors import AnotherLogError, ServiceRefusedError, SyncError, SyncStoppedError, TooOldError
from app.sync.following import follow
from app.sync.page import Page
from app.sync.pages import pages
from app.sync.ports import LocalStore
from app.sync.transfers import fetch_blob
from app.sync.uploads import NO_ROOM, Uploads

_log = logging.getLogger(__name__)
_LARGEST_BATCH = 500
_LARGEST_BYTES = 2 * 1024 * 1024
_MOST_RESTARTS = 5
_TOO_LARGE = 413
_FILES_AT_ONCE = 100
_NO_STAMPS: Mapping[UUID, str] = MappingProxyType({})
_NOT_STAMPED = "The service has lost this, and only the device that wrote it can give it back."


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one run moved."""

    sent: int = 0
    received: int = 0
    refused: int = 0
    blobs_sent: int = 0
    blobs_received: int = 0

    def __add__(self, other: "SyncResult") -> "SyncResult":
        return SyncResult(
            self.sent + other.sent,
            self.received + other.received,
            self.refused + other.refused,
            self.blobs_sent + other.blobs_sent,
            self.blobs_received + other.blobs_received,
        )


Progress = Callable[[SyncResult], None]


def ignore(_: SyncResult) -> None:
    """For whoever wants no progress."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far this device had read when it asked, and which of the service's logs that was."""

    cursor: str | None
    restarts: int


@dataclass
class Synchroniser:
    """One device's store and its service. `push` and `pull` may run side by side, each in one thread at a time.

    `report` is told how far either has come; what it raises ends that one, and the next run goes on from there.
    """

    store: LocalStore
    client: ServiceClient
    report: Report = silent
    _keeping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def once(self, on_progress: Progress = ignore) -> SyncResult:
        """Send all that waits here and fetch all that is new there. `on_progress` is told the sums so far.

        Raises `SyncError`; what was moved until then stays moved.
        """
        total = SyncResult()

        def tell(step: SyncResult) -> None:
            nonlocal total
            total += step
            on_progress(total)

        for _ in range(_MOST_RESTARTS):
            try:
                self._both_ways(tell)
            except AnotherLogError:
                continue
            return total
        raise TooOldError(self.client.url)

    def push(self, tell: Progress = ignore) -> bool:
        """Send events in their order, each after the files that it names. `tell` hears of each step.

        False where a file is left to another program that is sending it at this moment: look again soon. A service that
        has no room for more files gets the events whose files it has, which may make room. Raises `SyncError`.
        """
        if self.store.cursor() is None:
            self.store.start_over(None)  # what was accepted once and never read again may be lost by now
        uploads = self._uploads(tell)
        total = 0
        while True:
            standing = self._standing()  # before anything else: what is sent may go to another log than this
            batch = _batch(self.store.outbox(_LARGEST_BATCH))
            ready = uploads.bring(batch, standing.restarts)
            if not ready:
                break
            left = self.store.standing().events
            total = max(total, left)
            self.report(Step(Work.SEND, total - left, total))
            self._push_batch(ready, standing, tell)
        if not batch:
            uploads.bring_others(standing.restarts)
        elif uploads.no_room is not None:
            raise uploads.no_room
        return not uploads.is_left

    def pull(self, tell: Progress = ignore, wait: float = 0) -> None:
        """Fetch what is new, give back what the service has lost, then fetch the blobs that events name.

        Waits up to `wait` seconds (25 at most) for the first. Raises `SyncError`.
        """
        reading = _Reading(self.report)
        if self.store.to_follow():
            wait = 0  # an earlier run was cut off
        try:
            while not self._pull_pages(tell, min(wait, LONGEST_WAIT), reading):
                wait = 0
        except SyncStoppedError:
            raise
        except SyncError:
            follow(self.store, self.report)  # what came until then is to be found without a service, too
            raise
        follow(self.store, self.report)
        self._give_back(tell)
        self._fetch_blobs(tell)

    def _both_ways(self, tell: Progress) -> None:
        try:
            self.push(tell)
        except ServiceRefusedError as error:
            if error.status != NO_ROOM:
                raise
            _log.info("told once what is new is here, unless there is room then: %s", error.reason)
        self.pull(tell)
        if self.store.outbox(1) or self.store.blobs_to_send():  # they had to wait for the reading
            self.push(tell)
            self.pull(tell)

    def _standing(self) -> _Standing:
        return _Standing(self.store.cursor(), self.store.restarts())

    def _uploads(self, tell: Progress) -> Uploads:
        return Uploads(self.store, self.client.http, self.report, lambda: tell(SyncResult(blobs_sent=1)))

    def _push_batch(
        self, batch: Sequence[Event], standing: _Standing, tell: Progress, stamps: Mapping[UUID, str] = _NO_STAMPS
    ) -> None:
        try:
            verdicts = self.client.push(standing.cursor, batch, stamps)
        except AnotherLogError:
            self._start_over(standing.cursor)
            raise
        except ServiceRefusedError as error:
            if error.status != _TOO_LARGE:
                raise
            if len(batch) > 1:
                half = batch[: len(batch) // 2]
                self._push_batch(half, standing, tell, {event.id: stamps[event.id] for event in half if stamps})
                return
            verdicts = (Verdict(id=batch[0].id, reason=error.reason),)
        self._keep(batch, verdicts, standing, tell, stamps)

    def _keep(
        self,
        batch: Sequence[Event],
        verdicts: Sequence[Verdict],
        standing: _Standing,
        tell: Progress,
        stamps: Mapping[UUID, str],
    ) -> None:
        by_id = {verdict.id: verdict for verdict in verdicts}
        if any(event.id not in by_id for event in batch):
            raise TooOldError(self.client.url)
        accepted = [(each.id, each.version) for each in by_id.values() if each.version is not None]
        self.store.accept(accepted, standing.restarts)
        refused = [event for event in batch if by_id[event.id].version is None]
        for event in refused:
            reason = by_id[event.id].reason or "The service gave no reason."
            if event.id in stamps:
                self.store.not_taken_back(event, reason, standing.restarts)
            else:
                self.store.refuse(event.id, reason, standing.restarts)
        tell(SyncResult(sent=len(accepted), refused=len(refused)))

    def _pull_pages(self, tell: Progress, wait: float, reading: "_Reading") -> bool:
        """Keep page after page. False where another thread or program has moved the cursor meanwhile."""
        cursor = self.store.cursor()
        if cursor is None:
            self.store.start_over(None)
        try:
            with closing(pages(self.client, cursor, wait)) as coming:  # an error that is remembered holds on to all
                for page in coming:
                    if not self._keep_page(page, cursor, tell):
                        return False
                    reading.tell(page)
                    cursor = page.cursor
        except AnotherLogError:
            self._start_over(cursor)
            raise
        return True

    def _keep_page(self, page: Page, after: str | None, tell: Progress) -> bool:
        """Keep a page that was fetched `after` this cursor. False where the store's is another one by now."""
        with self._keeping:
            if self.store.cursor() != after:
                return False
            if not page.events and page.cursor == after:
                return True
            new = self.store.receive(page.events, page.cursor, more=page.more)
        tell(SyncResult(received=new))
        return True

    def _start_over(self, cursor: str | None) -> None:
        """Read the service's log from its start, unless somebody else has begun to since `cursor` was read."""
        _log.warning("the service's log is another one now: reading it from the start")
        with self._keeping:
            self.store.start_over(cursor)

    def _give_back(self, tell: Progress) -> None:
        """Bring what the service has lost, others' events too, in the order that they had: each finds what it needs."""
        given, uploads = 0, self._uploads(tell)
        while True:
            standing = self._standing()
            lost = self.store.lost(_LARGEST_BATCH) if standing.cursor else ()  # another thread started over: not yet
            if not lost:
                return
            _log.warning("giving back %d events that the service has lost", len(lost))
            self.report(Step(Work.SEND, given))
            batch = _batch([one.event for one in lost if one.stamp])
            for one in lost:
                if not one.stamp:
                    self.store.not_taken_back(one.event, _NOT_STAMPED, standing.restarts)
            ready = uploads.bring(batch, standing.restarts)
            if ready:
                self._push_batch(ready, standing, tell, {one.event.id: one.stamp for one in lost})
            elif uploads.no_room is not None:
                raise uploads.no_room
            elif uploads.is_left:
                return
            given += len(ready)

    def _fetch_blobs(self, tell: Progress) -> None:
        """Fetch what events name and is not here; what the service has not either is asked for again next time."""
        place, total, last = 0, 0, ""
        while missing := self.store.blobs_missing(_FILES_AT_ONCE, last):
            total = total or self.store.missing_count()
            for sha256 in missing:
                step = Step(Work.DOWNLOAD, place, max(place, total), Unit.FILES)
                self.report(step)
                if fetch_blob(self.client.http, self.store, sha256, lambda *_, step=step: self.report(step)):
                    tell(SyncResult(blobs_received=1))
                place += 1
            last = missing[-1]


@dataclass
class _Reading:
    """How far one pull has come."""

    report: Report
    _begin: int | None = None
    _count: int = 0

    def tell(self, page: Page) -> None:
        """This page is kept. Versions tell how much is left, where the service says which one is the newest."""
        if not page.events:
            return
        self._begin = page.versions[0] - 1 if self._begin is None else self._begin
        self._count += len(page.events)
        if page.newest is None:
            self.report(Step(Work.FETCH, self._count))
        else:
            self.report(Step(Work.FETCH, page.versions[-1] - self._begin, page.newest - self._begin))


def _batch(events: Sequence[Event]) -> Sequence[Event]:
    """As many from the start as fit into one request, and one at least."""
    size = 0
    for count, event in enumerate(events):
        size += len(event.model_dump_json())
        if size > _LARGEST_BYTES:
            return events[: max(count, 1)]
    return events
