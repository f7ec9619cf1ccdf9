"""Send what is waiting and fetch what is new, now or all the time."""

import logging
from collections.abc import Callable
from datetime import datetime

from app.domain.events import Event
from app.domain.progress import Report, silent
from app.flows.index_recordings import index_recordings
from app.flows.party import Party
from app.sync.errors import SyncError
from app.sync.loop import SyncLoop, SyncState, Trouble
from app.sync.synchroniser import Synchroniser, SyncResult

__all__ = [
    "SyncLoop",
    "SyncResult",
    "SyncState",
    "Trouble",
    "is_pending",
    "last_synced",
    "send_now",
    "send_soon",
    "start_sync",
    "synchronise",
]

log = logging.getLogger(__name__)
_LAST = "last synced"
_REMEMBERED_EVERY = 600.0
"""Seconds. A device that is always in touch need not write so to its disk all the time."""


def synchronise(party: Party, report: Report = silent) -> SyncResult:
    """Send and fetch once. Raises `NoServiceError` where the service does not answer; nothing is lost by that.

    `report` is told how far it has come; what it raises is raised here, and the next sync goes on from there.
    """
    result = Synchroniser(party.store, party.service, report).once()
    if not party.store.outbox(1):  # another program may be at it still
        party.store.set_value(_LAST, party.clock.now().isoformat())
    index_recordings(party, report)
    return result


def last_synced(party: Party) -> datetime | None:
    """When this device and the service were last the same (UTC), or None where that is not known."""
    value = party.store.get_value(_LAST)
    return datetime.fromisoformat(value) if value else None


def send_soon(party: Party) -> None:
    """Send what was just written: by the running loop, or now, or, where the service fails, at the next sync.

    It never raises for that: what was written stands, and whoever wrote it must not do so again.
    """
    if party.nudge is not None:
        party.nudge()
        return
    send_now(party)


def send_now(party: Party) -> None:
    """Send what waits, and return once that is tried. It never raises where the service fails."""
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
    remembered: datetime | None = None

    def changed(state: SyncState) -> None:
        nonlocal remembered
        if state.progress is None:
            index_recordings(party)
        now = state.synced_at
        if now is not None and (remembered is None or state.trouble or _far_apart(remembered, now)):
            if now != remembered:
                party.store.set_value(_LAST, now.isoformat())
            remembered = now
        on_state(state)

    loop = SyncLoop(Synchroniser(party.store, party.service), changed)
    party.nudge = loop.nudge
    loop.start()
    return loop


def _far_apart(earlier: datetime, later: datetime) -> bool:
    return abs((later - earlier).total_seconds()) >= _REMEMBERED_EVERY
