"""Brings a device's log and the service's together. Whatever is cut in the middle, the next run completes.

What was written here leaves the outbox only once the service's answer is kept here; what comes from the
service is kept together with the cursor. Both may happen twice without harm.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from app.domain.events import Event
from app.domain.progress import Progress as Step
from app.domain.progress import Report, Unit, Work, silent
from app.sync.client import LONGEST_WAIT, Page, ServiceClient, Verdict
from app.sync.errors import AnotherLogError, ServiceRefusedError, TooOldError
from app.sync.ports import LocalStore
from app.sync.transfers import fetch_blob, send_blob

_log = logging.getLogger(__name__)
_LARGEST_BATCH = 500
_LARGEST_BYTES = 2 * 1024 * 1024
_MOST_RESTARTS = 3


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


@dataclass
class Synchroniser:
    """One device's store and its service. `push` and `pull` may run side by side, each in one thread at a time.

    `report` is told how far either has come; what it raises ends that one, and the next run goes on from there.
    """

    store: LocalStore
    client: ServiceClient
    report: Report = silent
    _restarting: threading.Lock = field(default_factory=threading.Lock, repr=False)

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
                self.push(tell)
                self.pull(tell)
            except AnotherLogError:
                continue
            return total
        raise TooOldError(self.client.url)

    def push(self, tell: Progress = ignore) -> None:
        """Send blobs, then events in their order. `tell` hears of each step. Raises `SyncError`."""
        self._send_blobs(tell)
        total = self.store.standing().events
        while batch := _batch(self.store.outbox(_LARGEST_BATCH)):
            left = self.store.standing().events
            total = max(total, left)
            self.report(Step(Work.SEND, total - left, total))
            self._push_batch(batch, tell)

    def pull(self, tell: Progress = ignore, wait: float = 0) -> None:
        """Fetch what is new, then the blobs that it names. Waits up to `wait` seconds (25 at most) for the first.

        Raises `SyncError`.
        """
        more, reading = True, _Reading(self.report)
        while more:
            more = self._pull_page(tell, min(wait, LONGEST_WAIT), reading)
            wait = 0
        self._fetch_blobs(tell)

    def _send_blobs(self, tell: Progress) -> None:
        sent, total = 0, self.store.standing().bytes
        for sha256 in self.store.blobs_to_send():
            content = self.store.blob(sha256)
            if content is None:
                continue
            try:
                send_blob(self.client.http, content, partial(self._uploaded, sent, total))
            except ServiceRefusedError as error:
                if error.status != 413:
                    raise
                _log.warning("the service does not take %s: %s", sha256, error.reason)  # nor the event that names it
                continue
            self.store.blob_sent(sha256)
            sent += len(content)
            tell(SyncResult(blobs_sent=1))

    def _uploaded(self, before: int, total: int, done: int, _size: int) -> None:
        self.report(Step(Work.UPLOAD, before + done, max(total, before + done), Unit.BYTES))

    def _push_batch(self, batch: Sequence[Event], tell: Progress) -> None:
        cursor = self.store.cursor()
        try:
            verdicts = self.client.push(cursor, batch)
        except AnotherLogError:
            self._start_over(cursor)
            raise
        except ServiceRefusedError as error:
            if error.status != 413:
                raise
            self._push_smaller(batch, error, tell)
            return
        self._keep(batch, verdicts, tell)

    def _push_smaller(self, batch: Sequence[Event], error: ServiceRefusedError, tell: Progress) -> None:
        """Half of a batch that was too large; one event that is too large by itself is refused."""
        if len(batch) > 1:
            self._push_batch(batch[: len(batch) // 2], tell)
            return
        self.store.refuse(batch[0].id, error.reason)
        tell(SyncResult(refused=1))

    def _keep(self, batch: Sequence[Event], verdicts: Sequence[Verdict], tell: Progress) -> None:
        by_id = {verdict.id: verdict for verdict in verdicts}
        if any(event.id not in by_id for event in batch):
            raise TooOldError(self.client.url)
        accepted = [(each.id, each.version) for each in by_id.values() if each.version is not None]
        refused = [each for each in by_id.values() if each.version is None]
        self.store.accept(accepted)
        for verdict in refused:
            self.store.refuse(verdict.id, verdict.reason or "The service gave no reason.")
        tell(SyncResult(sent=len(accepted), refused=len(refused)))

    def _pull_page(self, tell: Progress, wait: float, reading: "_Reading") -> bool:
        cursor = self.store.cursor()
        try:
            page = self.client.pull(cursor, wait)
        except AnotherLogError:
            self._start_over(cursor)
            raise
        if page.events or page.cursor != cursor:
            new = self.store.receive(page.events, page.cursor)
            tell(SyncResult(received=new))
            reading.tell(page)
        return page.more

    def _start_over(self, cursor: str | None) -> None:
        """Read the service's log from its start, unless another thread has begun to since `cursor` was read."""
        with self._restarting:
            if cursor is not None and self.store.cursor() == cursor:
                _log.warning("the service's log is another one now: reading it from the start")
                self.store.start_over()

    def _fetch_blobs(self, tell: Progress) -> None:
        missing = self.store.blobs_missing()
        for place, sha256 in enumerate(missing):
            self.report(Step(Work.DOWNLOAD, place, len(missing), Unit.FILES))
            content = fetch_blob(self.client.http, sha256)
            if content is not None:
                self.store.receive_blob(content)
                tell(SyncResult(blobs_received=1))


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
        self._begin = page.events[0].version - 1 if self._begin is None else self._begin
        self._count += len(page.events)
        if page.newest is None:
            self.report(Step(Work.FETCH, self._count))
        else:
            self.report(Step(Work.FETCH, page.events[-1].version - self._begin, page.newest - self._begin))


def _batch(events: Sequence[Event]) -> Sequence[Event]:
    """As many from the start as fit into one request, and one at least."""
    size = 0
    for count, event in enumerate(events):
        size += len(event.model_dump_json())
        if size > _LARGEST_BYTES:
            return events[: max(count, 1)]
    return events
