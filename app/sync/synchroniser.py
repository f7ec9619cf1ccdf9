"""Brings a device's log and the service's together. Whatever is cut in the middle, the next run completes.

What was written here leaves the outbox only once the service's answer is kept here; what comes from the
service is kept together with the cursor. Both may happen twice without harm.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.domain.events import Event, named_blobs
from app.sync.client import LONGEST_WAIT, ServiceClient, Verdict
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
    """One device's store and its service. `push` and `pull` may run side by side, each in one thread at a time."""

    store: LocalStore
    client: ServiceClient
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
        """Send events in their order, each after the blobs that it names. `tell` hears of each step.

        Raises `SyncError`.
        """
        while batch := _batch(self.store.outbox(_LARGEST_BATCH)):
            if any(map(named_blobs, batch)):
                self._send_blobs(tell)  # only now, when the batch is read: what it names but is not there is refused
            self._push_batch(batch, tell)
        self._send_blobs(tell)

    def pull(self, tell: Progress = ignore, wait: float = 0) -> None:
        """Fetch what is new, then the blobs that it names. Waits up to `wait` seconds (25 at most) for the first.

        Raises `SyncError`.
        """
        more = True
        while more:
            more = self._pull_page(tell, min(wait, LONGEST_WAIT))
            wait = 0
        self._fetch_blobs(tell)

    def _send_blobs(self, tell: Progress) -> None:
        for sha256 in self.store.blobs_to_send():
            content = self.store.blob(sha256)
            if content is None:
                continue
            try:
                send_blob(self.client.http, content)
            except ServiceRefusedError as error:
                if error.status != 413:
                    raise
                _log.warning("the service does not take %s: %s", sha256, error.reason)  # nor the event that names it
                continue
            self.store.blob_sent(sha256)
            tell(SyncResult(blobs_sent=1))

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

    def _pull_page(self, tell: Progress, wait: float) -> bool:
        cursor = self.store.cursor()
        try:
            page = self.client.pull(cursor, wait)
        except AnotherLogError:
            self._start_over(cursor)
            raise
        if page.events or page.cursor != cursor:
            new = self.store.receive(page.events, page.cursor)
            tell(SyncResult(received=new))
        return page.more

    def _start_over(self, cursor: str | None) -> None:
        """Read the service's log from its start, unless another thread has begun to since `cursor` was read."""
        with self._restarting:
            if cursor is not None and self.store.cursor() == cursor:
                _log.warning("the service's log is another one now: reading it from the start")
                self.store.start_over()

    def _fetch_blobs(self, tell: Progress) -> None:
        for sha256 in self.store.blobs_missing():
            content = fetch_blob(self.client.http, sha256)
            if content is not None:
                self.store.receive_blob(content)
                tell(SyncResult(blobs_received=1))


def _batch(events: Sequence[Event]) -> Sequence[Event]:
    """As many from the start as fit into one request, and one at least."""
    size = 0
    for count, event in enumerate(events):
        size += len(event.model_dump_json())
        if size > _LARGEST_BYTES:
            return events[: max(count, 1)]
    return events
