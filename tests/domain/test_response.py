"""A response clock runs while the shop is open and it is the shop's turn; never while the customer is awaited."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.case import fold
from app.domain.decide import decide
from app.domain.errors import RefusedError
from app.domain.hours import Calendar, Span
from app.domain.people import Author
from app.domain.response import ResponseClock, response_clock, used
from tests.domain import make
from tests.domain.agreements import CALENDAR, local
from tests.domain.make import ANNA, LONE
from tests.domain.test_hours import ALWAYS, calendars, lengths, moments

HOUR = timedelta(hours=1)
WAITS = ev.CaseWaits(awaited=ev.Awaited.CUSTOMER, reason="Which drum is in it?")
TOLD = make.note(audience="customer")


def story(*lines: tuple[str, ev.Body, Author]) -> tuple[ev.Event, ...]:
    """Events with their times on the wall in Copenhagen."""
    return tuple(make.event(body, author, at=local(at)) for at, body, author in lines)


def clock(events: Sequence[ev.Event], now: str, promised: timedelta = HOUR) -> ResponseClock:
    found = response_clock(events, promised, CALENDAR, local(now))
    assert found is not None
    return found


def opened(at: str) -> tuple[str, ev.Body, Author]:
    return at, ev.CaseOpened(about="It hums", machine="Linux"), LONE


def test_it_runs_in_opening_hours_alone_over_nights_weekends_and_holidays() -> None:
    friday = story(opened("2026-11-27 15:30"))
    late = clock(friday, "2026-11-30 08:45")
    assert (late.used, late.is_late) == (1.25 * HOUR, True)
    assert late.due == local("2026-11-30 08:30")
    assert clock(friday, "2026-11-30 08:30").is_late is False
    assert clock(story(opened("2026-12-23 15:30")), "2026-12-28 08:15").used == 0.75 * HOUR


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 47), ("2026-10-24", 49)])
def test_an_hour_that_the_clock_skips_or_repeats_is_neither_lost_nor_counted_twice(day: str, hours: int) -> None:
    start = local(f"{day} 00:00")
    events = [make.event(ev.CaseOpened(about="?", machine="m"), LONE, at=start)]
    end = (start.astimezone(CALENDAR.zone).replace(hour=0) + timedelta(days=2)).astimezone(start.tzinfo)
    found = response_clock(events, hours * HOUR, ALWAYS, end)
    assert found is not None
    assert (found.used, found.due) == (hours * HOUR, end)


def test_the_first_answer_that_the_customer_can_read_stops_it() -> None:
    taken = ("2026-11-25 09:05", ev.CaseTaken(), ANNA)
    internal = ("2026-11-25 09:10", make.note(), ANNA)
    told = ("2026-11-25 09:20", TOLD, ANNA)
    assert clock(story(opened("2026-11-25 09:00"), taken, internal), "2026-11-25 09:30").used == HOUR / 2
    answered = clock(story(opened("2026-11-25 09:00"), taken, internal, told), "2026-11-25 14:00")
    assert (answered.used, answered.turn.answered) == (HOUR / 3, local("2026-11-25 09:20"))


@pytest.mark.parametrize(
    ("body", "author"),
    [
        (ev.EstimateGiven(minutes=20), ANNA),
        (ev.ProblemPlaced(place=ev.Place.NETWORK, evidence="No route", certainty=ev.Certainty.VERIFIED), ANNA),
        (ev.SolutionProposed(text="Done", certainty=ev.Certainty.ASSUMED), ANNA),
        (
            ev.SessionStarted(session=make.CASE, technician="Anna", customer_key="c", technician_key="t", relay="r"),
            LONE,
        ),
        (ev.CaseClosed(), LONE),
    ],
)
def test_what_else_is_an_answer(body: ev.Body, author: Author) -> None:
    found = clock(story(opened("2026-11-25 09:00"), ("2026-11-25 10:00", body, author)), "2026-11-25 15:00")
    assert found.used == HOUR


def test_it_stands_still_while_the_customer_is_awaited_and_goes_on_with_their_answer() -> None:
    asked = (
        opened("2026-11-25 09:00"),
        ("2026-11-25 09:10", ev.CaseTaken(), ANNA),
        ("2026-11-25 09:20", WAITS, ANNA),
    )
    still = clock(story(*asked), "2026-11-26 12:00")
    assert (still.used, still.is_paused, still.due) == (HOUR / 3, True, None)
    goes_on = clock(story(*asked, ("2026-11-26 11:00", TOLD, LONE)), "2026-11-26 11:30")
    assert (goes_on.used, goes_on.is_paused) == (HOUR / 3 + HOUR / 2, False)
    assert goes_on.due == local("2026-11-26 11:40")


def test_waiting_for_a_vendor_is_the_shops_own_time() -> None:
    waits = ev.CaseWaits(awaited=ev.Awaited.VENDOR, reason="A drum")
    events = story(
        opened("2026-11-25 09:00"), ("2026-11-25 09:10", ev.CaseTaken(), ANNA), ("2026-11-25 09:20", waits, ANNA)
    )
    assert clock(events, "2026-11-25 11:00").used == 2 * HOUR


def test_a_case_that_is_not_fixed_starts_another_clock() -> None:
    events = story(
        opened("2026-11-24 09:00"),
        ("2026-11-24 10:00", ev.CaseTaken(), ANNA),
        ("2026-11-24 10:30", ev.SolutionProposed(text="Done", certainty=ev.Certainty.VERIFIED), ANNA),
        ("2026-11-25 13:00", ev.CaseReopened(text="It hums"), LONE),
    )
    found = clock(events, "2026-11-25 13:15")
    assert (found.turn.asked, found.used) == (local("2026-11-25 13:00"), HOUR / 4)


def test_a_device_whose_clock_is_behind_turns_no_time_back() -> None:
    events = story(opened("2026-11-25 09:00"), ("2026-11-25 08:00", TOLD, ANNA))
    assert clock(events, "2026-11-25 12:00").used == timedelta()


def test_nobody_asked_and_no_clock_runs() -> None:
    assert response_clock([], HOUR, CALENDAR, local("2026-11-25 09:00")) is None


_WORDS: tuple[tuple[ev.Body, Author], ...] = (
    (TOLD, LONE),
    (TOLD, ANNA),
    (make.note(), ANNA),
    (ev.CaseTaken(), ANNA),
    (WAITS, ANNA),
    (ev.CaseWaits(awaited=ev.Awaited.VENDOR, reason="A drum"), ANNA),
    (ev.CaseResumed(), ANNA),
    (ev.SolutionProposed(text="Done", certainty=ev.Certainty.ASSUMED), ANNA),
    (ev.CaseReopened(text="No"), LONE),
    (ev.CaseClosed(), LONE),
)
_LATER = st.lists(st.tuples(st.sampled_from(_WORDS), st.integers(0, 5000)), max_size=12)


def _told(start: datetime, later: list[tuple[tuple[ev.Body, Author], int]]) -> list[ev.Event]:
    """A timeline that the rules allow. Minutes lie between its events."""
    events = [make.event(ev.CaseOpened(about="?", machine="m"), LONE, at=start)]
    at = start
    for (body, author), minutes in later:
        at += timedelta(minutes=minutes)
        event = make.event(body, author, at=at)
        try:
            decide(fold(make.CASE, events), event, at)
        except RefusedError:
            continue
        events.append(event)
    return events


@given(calendars, moments, _LATER, lengths, lengths)
def test_it_never_runs_while_the_customer_is_awaited(
    calendar: Calendar, start: datetime, later: list[tuple[tuple[ev.Body, Author], int]], one: timedelta, two: timedelta
) -> None:
    events = _told(start, later)
    last = events[-1].at
    now, then = (response_clock(events, HOUR, calendar, last + moment) for moment in sorted((one, two)))
    assert now is not None
    assert then is not None
    if fold(make.CASE, events).status.awaits_customer:
        assert now.used == then.used
    elif now.turn.answered is None:
        assert then.used - now.used == calendar.open_time(last + min(one, two), last + max(one, two))


@given(moments, _LATER, st.integers(0, 99), st.floats(0, 1), lengths)
def test_pausing_never_makes_it_larger(
    start: datetime, later: list[tuple[tuple[ev.Body, Author], int]], place: int, part: float, more: timedelta
) -> None:
    events = _told(start, later)
    cut = 1 + place % len(events)
    before, after = events[:cut], events[cut:]
    at = before[-1].at + ((after[0].at if after else before[-1].at) - before[-1].at) * part
    waits = make.event(WAITS, ANNA, at=at)
    try:
        decide(fold(make.CASE, before), waits, at)
    except RefusedError:
        return
    now = events[-1].at + more
    running = response_clock(events, HOUR, ALWAYS, now)
    paused = response_clock([*before, waits, *after], HOUR, ALWAYS, now)
    assert running is not None
    assert paused is not None
    assert paused.turn == running.turn
    assert paused.used <= running.used


@given(calendars, moments, lengths, st.lists(st.tuples(lengths, lengths), max_size=4), lengths, lengths)
def test_each_pause_takes_away_what_was_open_in_it_and_no_more(
    calendar: Calendar,
    start: datetime,
    length: timedelta,
    pauses: list[tuple[timedelta, timedelta]],
    begins: timedelta,
    lasts: timedelta,
) -> None:
    spans = [Span(start + offset, start + offset + long) for offset, long in pauses]
    one_more = Span(start + begins, start + begins + lasts)
    without = used(start, start + length, spans, calendar)
    paused = used(start, start + length, [*spans, one_more], calendar)
    assert timedelta() <= without - paused <= calendar.open_time(one_more.start, one_more.end)
