"""Send what is waiting and fetch what is new, now or all the time."""

import logging
from collections.abc import Callable

from app.domain.events import Event
from app.flows.index_recordings import index_recordings
from app.flows.party import Party
from app.sync.errors import SyncError
from app.sync.loop import SyncLoop, SyncState
from app.sync.synchroniser import Synchroniser, SyncResult

__all__ = ["SyncLoop", "SyncResult", "SyncState", "is_pending", "send_soon", "start_sync", "synchronise"]

log = logging.getLogger(__name__)


def synchronise(party: Party) -> SyncResult:
    """Send and fetch once. Raises `NoServiceError` where the service does not answer; nothing is lost by that."""
    result = Synchroniser(party.store, party.service).once()
    index_recordings(party)
    return result


def send_soon(party: Party) -> None:
    """Send what was just written: by the running loop, or now, or, where the service fails, at the next sync.

    It never raises for that: what was written stands, and whoever wrote it must not do so again.
    """
    if party.nudge is not None:
        party.nudge()
        return
    try:
        synchronise(party)
    except SyncError as error:
        log.warning("kept for the next sync: %s", error)


def is_pending(party: Party, event: Event) -> bool:
    """Whether the event still waits to be sent."""
    delivery = party.store.delivery(event.stream_id).get(event.id)
    return delivery is not None and delivery.is_pending


def start_sync(party: Party, on_state: Callable[[SyncState], None]) -> SyncLoop:
    """Keep this machine and the service the same until the loop is closed.

    `on_state` is called on the loop's thread, after every change.
    """

    def changed(state: SyncState) -> None:
        index_recordings(party)
        on_state(state)

    loop = SyncLoop(Synchroniser(party.store, party.service), changed)
    party.nudge = loop.nudge
    loop.start()
    return loop
