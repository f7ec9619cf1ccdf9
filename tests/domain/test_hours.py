"""Opening hours are the wall clock's; time itself is neither lost nor counted twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hours import Calendar, OpenHours, Span, Weekday, overlapping
from tests.domain.agreements import CALENDAR, COPENHAGEN, local

ALWAYS = Calendar(COPENHAGEN, tuple(OpenHours(day=day, start=0, end=24 * 60) for day in Weekday))
HOUR = timedelta(hours=1)
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40))
any_hours = st.lists(
    st.builds(
        lambda day, start, length: OpenHours(day=day, start=start, end=min(start + length, 1440)),
        st.sampled_from(Weekday), st.integers(0, 1439), st.integers(1, 600),
    ),
    max_size=8,
).map(tuple).filter(lambda hours: not overlapping(hours))  # fmt: skip
zones = st.sampled_from(["Europe/Copenhagen", "Europe/Oslo", "Europe/Amsterdam", "Europe/Berlin", "America/St_Johns"])
calendars = st.builds(lambda zone, hours: Calendar(ZoneInfo(zone), hours), zones, any_hours)


def test_a_day_across_both_ends_of_the_hours() -> None:
    assert CALENDAR.open_time(local("2026-11-25 07:00"), local("2026-11-25 17:00")) == 8 * HOUR
    assert CALENDAR.open_time(local("2026-11-25 15:30"), local("2026-11-26 08:15")) == HOUR * 3 / 4


def test_neither_weekends_nor_holidays_are_open() -> None:
    assert CALENDAR.open_time(local("2026-11-28 00:00"), local("2026-11-30 00:00")) == timedelta()
    assert CALENDAR.open_time(local("2026-12-24 00:00"), local("2026-12-27 00:00")) == timedelta()


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-25", 24)])
def test_a_day_has_as_many_hours_as_it_has(day: str, hours: int) -> None:
    start = local(f"{day} 00:00")
    assert sum((span.length for span in ALWAYS.spans_of(date.fromisoformat(day))), timedelta()) == hours * HOUR
    assert ALWAYS.open_time(start, start + hours * HOUR) == hours * HOUR


def test_hours_that_the_clock_skips_are_not_there() -> None:
    night = Calendar(COPENHAGEN, (OpenHours(day=Weekday.SUNDAY, start=60, end=240),))
    assert night.open_time(local("2026-03-29 00:00"), local("2026-03-29 12:00")) == 2 * HOUR
    assert night.open_time(local("2026-10-25 00:00"), local("2026-10-25 12:00")) == 4 * HOUR


@given(calendars, moments, lengths)
def test_what_is_open_lies_within_and_in_order(calendar: Calendar, start: datetime, length: timedelta) -> None:
    spans = list(calendar.open_within(start, start + length))
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(start <= edge <= start + length for edge in edges)


@given(calendars, moments, lengths, st.floats(0, 1))
def test_a_stretch_is_the_sum_of_its_parts(calendar: Calendar, start: datetime, length: timedelta, part: float) -> None:
    middle, end = start + length * part, start + length
    both = calendar.open_time(start, middle) + calendar.open_time(middle, end)
    assert calendar.open_time(start, end) == both


@given(calendars, moments, st.integers(1, 20))
def test_so_much_open_time_has_passed_when_it_is_due(calendar: Calendar, start: datetime, weeks: int) -> None:
    wanted = timedelta(minutes=sum(hours.end - hours.start for hours in calendar.hours)) * weeks or HOUR
    due = calendar.after(start, wanted)
    if not calendar.hours:
        assert due is None
        return
    assert due is not None
    assert calendar.open_time(start, due) == wanted


def test_a_clock_stands_still_while_the_customer_is_awaited() -> None:
    asked = local("2026-11-25 09:00")
    waited = (
        Span(local("2026-11-25 10:00"), local("2026-11-25 14:00")),
        Span(local("2026-11-25 13:00"), local("2026-11-25 15:00")),
    )
    assert CALENDAR.after(asked, 2 * HOUR) == local("2026-11-25 11:00")
    assert CALENDAR.after(asked, 2 * HOUR, waited) == local("2026-11-25 16:00")
    assert CALENDAR.after(asked, 3 * HOUR, waited) == local("2026-11-26 09:00")


@given(calendars, moments)
def test_open_is_where_time_counts(calendar: Calendar, moment: datetime) -> None:
    tick = timedelta(microseconds=1)
    assert calendar.is_open(moment) == (calendar.open_time(moment, moment + tick) == tick)


def test_hours_end_after_they_start() -> None:
    with pytest.raises(ValueError, match="end after they start"):
        OpenHours(day=Weekday.MONDAY, start=600, end=600)
