"""Response clocks: how long the customer has waited for an answer, in the shop's opening hours.

A clock starts when the customer asks for help, says that it is not fixed, or writes something, and stops with the
first answer that they can read. It stands still while it is the customer who is awaited: a question back is no answer,
and the time until theirs is not the shop's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import events as ev
from app.domain.case import Case, change
from app.domain.hours import Calendar, Span, without
from app.domain.people import Role

_ASKS = (ev.CaseOpened, ev.CaseReopened, ev.NoteAdded, ev.AlternativeChosen)
_ANSWERS = (
    ev.NoteAdded,
    ev.EstimateGiven,
    ev.AlternativesOffered,
    ev.SolutionProposed,
    ev.FixPlanned,
    ev.ProblemPlaced,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The customer asked then, and was answered then; None where they wait for it. Moments are UTC."""

    asked: datetime
    answered: datetime | None


@dataclass(frozen=True, slots=True)
class ResponseClock:
    """How a clock stands: `used` of the `promised` open time have passed.

    `due` is when the promise runs out; None while the clock stands still for the customer, and where it is never open.
    """

    turn: Turn
    promised: timedelta
    used: timedelta
    due: datetime | None
    is_paused: bool

    @property
    def is_late(self) -> bool:
        """Whether more time has passed than was promised."""
        return self.used > self.promised


def response_clock(
    timeline: Iterable[ev.Event], promised: timedelta, calendar: Calendar, now: datetime
) -> ResponseClock | None:
    """The newest clock of a case's timeline as it stands at `now` (UTC); None where nobody asked for anything."""
    steps = tuple(_steps(timeline))
    turns = tuple(turns_of(steps))
    if not turns:
        return None
    turn = turns[-1]
    until = max(turn.answered or now, turn.asked)
    pauses = tuple(_pauses(steps, until))
    is_paused = turn.answered is None and bool(steps) and steps[-1].awaits_customer
    return ResponseClock(
        turn,
        promised,
        used(turn.asked, until, pauses, calendar),
        None if is_paused else calendar.after(turn.asked, promised, pauses),
        is_paused,
    )


def used(asked: datetime, until: datetime, pauses: Iterable[Span], calendar: Calendar) -> timedelta:
    """How much open time lies between these moments, that in `pauses` not counted."""
    pauses = tuple(pauses)
    parts = (part for span in calendar.open_within(asked, until) for part in without(span, pauses))
    return sum((part.length for part in parts), timedelta())


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a timeline, and whether the customer is awaited after it. `at` never runs backwards."""

    at: datetime
    event: ev.Event
    awaits_customer: bool


def turns_of(steps: Iterable[Step]) -> Iterator[Turn]:
    """Each time the customer asked, and when they were answered."""
    asked: datetime | None = None
    for step in steps:
        if _asks(step.event):
            asked = asked or step.at
        elif asked is not None and _answers(step.event):
            yield Turn(asked, step.at)
            asked = None
    if asked is not None:
        yield Turn(asked, None)


def _steps(timeline: Iterable[ev.Event]) -> Iterator[Step]:
    """Devices' clocks differ: an event counts as no earlier than the one before it."""
    case, at = None, None
    for event in timeline:
        case = change(case or Case(event.stream_id), event)
        at = max(at or event.at, event.at)
        yield Step(at, event, case.status.awaits_customer)


def _pauses(steps: Iterable[Step], until: datetime) -> Iterator[Span]:
    """When the customer was awaited, up to this moment."""
    since: datetime | None = None
    for step in steps:
        if step.awaits_customer:
            since = since or step.at
        elif since is not None:
            yield Span(since, step.at)
            since = None
    if since is not None and since < until:
        yield Span(since, until)


def _asks(event: ev.Event) -> bool:
    return event.author.role is Role.CUSTOMER and isinstance(event.body, _ASKS)


def _answers(event: ev.Event) -> bool:
    """The customer's own word that a technician is in, or that it is fixed, ends the wait as well."""
    if isinstance(event.body, ev.SessionStarted | ev.CaseClosed):
        return True
    return event.author.is_staff and isinstance(event.body, _ANSWERS) and ev.is_for_customer(event)
