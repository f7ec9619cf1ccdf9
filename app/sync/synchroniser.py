"""Brings a device's log and the service's together. Whatever is cut in the middle, the next run completes.

What was written here leaves the outbox only once the service's answer is kept here; what comes from the
service is kept together with the cursor. Both may happen twice without harm. Where the service's log is another one
than before (a restored backup), it is read from the start, and what it lacks is given back, whoever wrote it: see
docs/decisions/0009.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from app.domain.events import Event, named_blobs
from app.sync.client import LONGEST_WAIT, ServiceClient, Verdict
from app.sync.errors import AnotherLogError, ServiceRefusedError, TooOldError
from app.sync.ports import LocalStore
from app.sync.transfers import fetch_blob, send_blob

_log = logging.getLogger(__name__)
_LARGEST_BATCH = 500
_LARGEST_BYTES = 2 * 1024 * 1024
_MOST_RESTARTS = 5
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
    """One device's store and its service. `push` and `pull` may run side by side, each in one thread at a time."""

    store: LocalStore
    client: ServiceClient

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

    def push(self, tell: Progress = ignore) -> None:
        """Send blobs, then events in their order. `tell` hears of each step. Raises `SyncError`."""
        if self.store.cursor() is None:
            self.store.start_over(None)  # what was accepted once and never read again may be lost by now
        too_large: set[str] = set()
        while True:
            standing = self._standing()  # before anything else: what is sent may go to another log than this
            batch = _batch(self.store.outbox(_LARGEST_BATCH))
            self._send_blobs(standing, too_large, tell)  # those too that these events name
            if not batch:
                return
            self._push_batch(batch, standing, tell)

    def pull(self, tell: Progress = ignore, wait: float = 0) -> None:
        """Fetch what is new, give back what the service has lost, then fetch the blobs that events name.

        Waits up to `wait` seconds (25 at most) for the first. Raises `SyncError`.
        """
        more = True
        while more:
            more = self._pull_page(tell, min(wait, LONGEST_WAIT))
            wait = 0
        self._give_back(tell)
        self._fetch_blobs(tell)

    def _both_ways(self, tell: Progress) -> None:
        self.push(tell)
        self.pull(tell)
        if self.store.outbox(1) or self.store.blobs_to_send():  # they had to wait for the reading
            self.push(tell)
            self.pull(tell)

    def _standing(self) -> _Standing:
        return _Standing(self.store.cursor(), self.store.restarts())

    def _send_blobs(self, standing: _Standing, too_large: set[str], tell: Progress) -> None:
        for sha256 in self.store.blobs_to_send():
            if sha256 in too_large:
                continue
            if self._send_blob(sha256, tell):
                self.store.blob_sent(sha256, standing.restarts)
            else:
                too_large.add(sha256)

    def _send_blob(self, sha256: str, tell: Progress) -> bool:
        """Whether the service has it now, as far as it is here. No: it is too large for the service."""
        content = self.store.blob(sha256)
        if content is None:
            return True
        try:
            if send_blob(self.client.http, content):
                tell(SyncResult(blobs_sent=1))
        except ServiceRefusedError as error:
            if error.status != 413:
                raise
            _log.warning("the service does not take %s: %s", sha256, error.reason)  # nor the event that names it
            return False
        return True

    def _push_batch(
        self, batch: Sequence[Event], standing: _Standing, tell: Progress, stamps: Mapping[UUID, str] = _NO_STAMPS
    ) -> None:
        try:
            verdicts = self.client.push(standing.cursor, batch, stamps)
        except AnotherLogError:
            self._start_over(standing.cursor)
            raise
        except ServiceRefusedError as error:
            if error.status != 413:
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

    def _pull_page(self, tell: Progress, wait: float) -> bool:
        cursor = self.store.cursor()
        if cursor is None:
            self.store.start_over(None)
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
        """Read the service's log from its start, unless somebody else has begun to since `cursor` was read."""
        _log.warning("the service's log is another one now: reading it from the start")
        self.store.start_over(cursor)

    def _give_back(self, tell: Progress) -> None:
        """Bring what the service has lost, others' events too, in the order that they had: each finds what it needs."""
        while True:
            standing = self._standing()
            lost = self.store.lost(_LARGEST_BATCH) if standing.cursor else ()  # another thread started over: not yet
            if not lost:
                return
            _log.warning("giving back %d events that the service has lost", len(lost))
            batch = _batch([one.event for one in lost if one.stamp])
            for one in lost:
                if not one.stamp:
                    self.store.not_taken_back(one.event, _NOT_STAMPED, standing.restarts)
            for sha256 in dict.fromkeys(sha256 for event in batch for sha256 in named_blobs(event)):
                self._send_blob(sha256, tell)
            if batch:
                self._push_batch(batch, standing, tell, {one.event.id: one.stamp for one in lost})

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
