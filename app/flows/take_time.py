"""Time that a machine measured: a timer that one starts and stops, and sessions. Neither is typed twice.

A timer is a moment that is kept on this device. It runs over restarts, and goes where the customer is erased.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.case import Case
from app.domain.reference import is_named, reference
from app.flows.party import Party
from app.flows.time_errors import NoSessionTimeError, NoTimerError, SessionTakenError, TimerRunsError

_TIMER = "timer"
LAST = "last"
"""By what a person means their newest session."""


@dataclass(frozen=True, slots=True)
class Measured:
    """When it was, in UTC, and in which session; None for a timer's."""

    start: datetime
    end: datetime
    session: UUID | None = None


def timer_since(party: Party, case_id: UUID) -> datetime | None:
    """Since when (UTC) this person's timer runs on the case, or None."""
    kept = party.store.draft(case_id, _TIMER)
    return datetime.fromisoformat(kept) if kept else None


def start_timer(party: Party, case_id: UUID) -> datetime:
    """From now on. Returns the moment. Raises `TimerRunsError`."""
    since = timer_since(party, case_id)
    if since is not None:
        raise TimerRunsError(since)
    now = party.clock.now()
    party.store.keep_draft(case_id, _TIMER, now.isoformat())
    return now


def timed(party: Party, case_id: UUID) -> Measured:
    """What the timer has measured until now. It runs on until it is let go of. Raises `NoTimerError`."""
    since = timer_since(party, case_id)
    if since is None:
        raise NoTimerError
    return Measured(since, party.clock.now())


def let_timer_go(party: Party, case_id: UUID) -> None:
    """Its time is on record."""
    party.store.keep_draft(case_id, _TIMER, "")


def session_time(party: Party, case: Case, untrusted_name: str) -> Measured:
    """The time of one of one's own sessions: by its id, its short name, or `last`, as both ends measured it.

    Raises `NoSessionTimeError`, and `SessionTakenError` where that time is on record already.
    """
    mine = [each for each in case.sessions if each.technician == party.me.name and each.started_at and each.ended_at]
    if untrusted_name.strip().casefold() == LAST:
        found = mine[-1:]
    else:
        found = [each for each in mine if is_named(untrusted_name, each.id)]
    if len(found) != 1 or found[0].started_at is None:
        raise NoSessionTimeError(untrusted_name)
    session, start = found[0], found[0].started_at
    taken = next((work for work in case.work if work.session == session.id), None)
    if taken is not None:
        raise SessionTakenError(reference(taken.id))
    return Measured(start, start + timedelta(seconds=session.seconds), session.id)
