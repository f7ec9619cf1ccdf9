"""A year of work is charged right in each country that Bistand is for: its holidays, and both changes of the clock."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.agreement import Terms
from app.domain.case import fold
from app.domain.charge import HOUR, MINUTE, Charge, Piece, Rule, charge
from app.domain.events import WorkKind
from app.flows.bill import pieces_of
from app.system.calendars import calendar_of
from tests.domain import make
from tests.domain.agreements import any_terms, terms

COUNTRIES = {
    "DK": ("Europe/Copenhagen", "04-02 04-03 04-06 05-14 05-25"),
    "NO": ("Europe/Oslo", "04-02 04-03 04-06 05-01 05-14 05-25"),
    "NL": ("Europe/Amsterdam", "04-03 04-06 04-27 05-14 05-25"),
    "DE": ("Europe/Berlin", "04-03 04-06 05-01 05-14 05-25"),
}
"""Where, and by the almanac the public holidays of 2026 that fall on a working day, beside those of all four."""
OF_ALL = "01-01 12-25"
A_MINUTE = timedelta(minutes=1)


def agreed_in(country: str, agreed: Terms | None = None) -> Terms:
    """An agreement there: Mondays to Fridays from 8 to 16."""
    return (agreed or terms()).model_copy(update={"country": country, "timezone": COUNTRIES[country][0]})


def days_off(country: str) -> frozenset[date]:
    """The almanac's days."""
    return frozenset(date.fromisoformat(f"2026-{day}") for day in f"{COUNTRIES[country][1]} {OF_ALL}".split())


def minutes_within(piece: Piece, country: str) -> int:
    """How many minutes of this lie within hours, by looking at the wall clock in each of them."""
    zone, off = ZoneInfo(COUNTRIES[country][0]), days_off(country)
    walls = ((piece.start + each * A_MINUTE).astimezone(zone) for each in range(piece.worked // MINUTE))
    return sum(wall.weekday() < 5 and 8 <= wall.hour < 16 and wall.date() not in off for wall in walls)


def charged(made: Charge, rule: Rule) -> int:
    """The minutes that were charged by this rule."""
    return sum(line.charged for line in made.lines if line.rule is rule) // MINUTE


@pytest.mark.parametrize("country", COUNTRIES)
def test_whoever_works_day_and_night_for_a_year_is_paid_each_hour_once(country: str) -> None:
    agreed = agreed_in(country)
    zone = ZoneInfo(agreed.timezone)
    start, end = (datetime(year, 1, 1, tzinfo=zone).astimezone(UTC) for year in (2026, 2027))
    hours = (end - start) // timedelta(hours=1)
    moments = [start + timedelta(hours=each) for each in range(hours)]
    work = [
        Piece(UUID(int=number), UUID(int=1), WorkKind.COVERED, moment, moment + timedelta(hours=1))
        for number, moment in enumerate(moments)
    ]
    made = charge(work, agreed, calendar_of(agreed))
    within = (261 - len(days_off(country))) * 8  # 2026 has 261 days from Monday to Friday
    assert hours == 365 * 24
    assert charged(made, Rule.HOURLY) == within * 60
    assert charged(made, Rule.HOURLY_AFTER_HOURS) == (hours - within) * 60
    assert made.total == within * 80_000 + (hours - within) * 120_000
    by_day = dict.fromkeys((date(2026, 3, 29), date(2026, 10, 25)), 0)
    for line in made.lines:
        if line.day in by_day:
            by_day[line.day] += line.worked // HOUR
    assert list(by_day.values()) == [23, 25]


NIGHTS = st.sampled_from([datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)])
ANY_DAY = st.integers(0, 364).map(lambda day: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day))


@st.composite
def years(draw: st.DrawFn) -> tuple[str, list[Piece]]:
    """A country, and pieces of whole minutes over a year, some in the nights of the clock and on days off."""
    country = draw(st.sampled_from(sorted(COUNTRIES)))
    off = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in sorted(days_off(country))]
    begun = st.one_of(NIGHTS, st.sampled_from(off), ANY_DAY)
    return country, [
        Piece(UUID(int=number), UUID(int=draw(st.integers(1, 3))), draw(st.sampled_from(WorkKind)), start, end)
        for number in range(draw(st.integers(2, 12)))
        for start in [draw(begun) + A_MINUTE * draw(st.integers(0, 1439))]
        for end in [start + A_MINUTE * draw(st.integers(1, 480))]
    ]


@settings(max_examples=40)
@given(years())
def test_each_minute_is_within_hours_or_after_them_as_the_wall_clock_says(year: tuple[str, list[Piece]]) -> None:
    country, pieces = year
    agreed = agreed_in(country)
    work = [replace(each, kind=WorkKind.COVERED) for each in pieces]
    made = charge(work, agreed, calendar_of(agreed))
    within = sum(minutes_within(each, country) for each in work)
    whole = sum(each.worked for each in work) // MINUTE
    assert (charged(made, Rule.HOURLY), charged(made, Rule.HOURLY_AFTER_HOURS)) == (within, whole - within)


@settings(max_examples=40)
@given(years(), any_terms)
def test_a_years_bill_is_the_sum_of_its_months_and_lines(year: tuple[str, list[Piece]], some: Terms) -> None:
    country, work = year
    agreed = agreed_in(country, some)
    made = charge(work, agreed, calendar_of(agreed))
    assert made.total == sum(line.amount for line in made.lines)
    months = [made.month(year, month) for year, month in [(2026, month) for month in range(1, 13)] + [(2027, 1)]]
    assert sum(month.total for month in months) == made.total
    assert sum(month.worked for month in months) == made.worked == sum(each.worked for each in work)
    assert all(line.amount >= 0 for line in made.lines)


def events_of(pieces: Iterable[Piece], corrected: frozenset[int]) -> list[ev.Event]:
    """The pieces as they were recorded; some were recorded wrong, and corrected."""
    told = []
    for number, piece in enumerate(pieces):
        body = ev.WorkRecorded(start=piece.start, end=piece.end, work=piece.kind, text="x")
        if number in corrected:
            wrong = body.model_copy(update={"end": piece.end + A_MINUTE, "work": WorkKind.TRAVEL})
            told.append(make.event(wrong, case=piece.case))
            body = body.model_copy(update={"corrects": told[-1].id})
        told.append(make.event(body, case=piece.case))
    return told


@settings(max_examples=40)
@given(years(), any_terms, st.frozensets(st.integers(0, 11)), st.randoms(use_true_random=False))
def test_the_same_events_charged_twice_are_the_same_bytes(
    year: tuple[str, list[Piece]], some: Terms, corrected: frozenset[int], chance: random.Random
) -> None:
    """Another device learns of the cases in another order. Within a case the service's order is everybody's."""
    country, work = year
    agreed = agreed_in(country, some)
    events = events_of(work, corrected)
    cases = sorted({event.stream_id for event in events})

    def reckoned() -> Charge:
        folded = [fold(case, (event for event in events if event.stream_id == case)) for case in cases]
        return charge(pieces_of(folded), agreed, calendar_of(agreed))

    once = reckoned()
    chance.shuffle(cases)
    assert repr(reckoned()).encode() == repr(once).encode()
    assert once == charge(work, agreed, calendar_of(agreed))  # a correction leaves nothing of what was wrong
