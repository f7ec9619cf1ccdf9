"""A bill is the sum of its lines, and the same whoever reckons it."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement import RoundingMode, Terms
from app.domain.charge import HOUR, MINUTE, Line, Piece, Rule, charge
from app.domain.events import WorkKind
from tests.domain.agreements import CALENDAR, any_terms, any_work, local, piece, terms

FREE = (WorkKind.GOODWILL, WorkKind.REWORK, WorkKind.INTERNAL)


def told(lines: tuple[Line, ...]) -> list[tuple[Rule, int, int]]:
    """Rule, charged minutes and amount of each line."""
    return [(line.rule, line.charged // MINUTE, line.amount) for line in lines]


def test_covered_work_costs_the_hourly_rate() -> None:
    made = charge([piece("2026-11-25 10:00", 90)], terms(), CALENDAR)
    assert told(made.lines) == [(Rule.HOURLY, 90, 120_000)]
    assert (made.currency, made.total) == ("DKK", 120_000)


def test_work_across_closing_time_has_a_line_on_each_side() -> None:
    made = charge([piece("2026-11-25 15:30", 60)], terms(), CALENDAR)
    assert told(made.lines) == [(Rule.HOURLY, 30, 40_000), (Rule.HOURLY_AFTER_HOURS, 30, 60_000)]


def test_a_holiday_is_after_hours() -> None:
    made = charge([piece("2026-12-24 10:00", 60, WorkKind.SPECIAL)], terms(), CALENDAR)
    assert told(made.lines) == [(Rule.SPECIAL_AFTER_HOURS, 60, 180_000)]


def test_included_minutes_go_first_and_the_rest_costs() -> None:
    work = [piece("2026-11-02 10:00", 40), piece("2026-11-25 10:00", 60, case=2, number=2)]
    made = charge(work, terms(included_minutes=60), CALENDAR)
    assert told(made.lines) == [(Rule.INCLUDED, 40, 0), (Rule.INCLUDED, 20, 0), (Rule.HOURLY, 40, 53_333)]


def test_unused_minutes_live_on_as_long_as_agreed() -> None:
    work = [piece("2026-03-02 10:00", 200)]
    started = date(2026, 1, 1)
    amounts = [
        charge(work, terms(included_minutes=60, rollover_months=months, valid_from=started), CALENDAR).lines[0].charged
        for months in (0, 1, 2, 3)
    ]
    assert amounts == [60 * MINUTE, 120 * MINUTE, 180 * MINUTE, 180 * MINUTE]


def test_the_oldest_minutes_are_used_first() -> None:
    work = [
        piece("2026-01-05 10:00", 30),
        piece("2026-02-02 10:00", 70, number=2),
        piece("2026-03-02 10:00", 90, number=3),
    ]
    made = charge(work, terms(included_minutes=60, rollover_months=1), CALENDAR)
    # January leaves 30; February takes those and 40 of its own; its 20 and March's 60 are left for March's 90.
    assert told(made.lines) == [
        (Rule.INCLUDED, 30, 0), (Rule.INCLUDED, 70, 0), (Rule.INCLUDED, 80, 0), (Rule.HOURLY, 10, 13_333),
    ]  # fmt: skip


def test_where_all_is_included_only_the_time_after_hours_costs() -> None:
    made = charge([piece("2026-11-25 15:00", 120)], terms(included_minutes=None), CALENDAR)
    assert told(made.lines) == [(Rule.INCLUDED, 60, 0), (Rule.HOURLY_AFTER_HOURS, 60, 120_000)]


@pytest.mark.parametrize(("mode", "charged"), [("none", 37), ("up", 45), ("down", 30), ("nearest", 30)])
def test_a_job_is_rounded_once(mode: str, charged: int) -> None:
    work = [piece("2026-11-25 10:00", 7), piece("2026-11-25 11:00", 30, number=2)]
    made = charge(work, terms(rounding={"mode": mode, "step_minutes": 15}), CALENDAR)
    assert told(made.lines) == [(Rule.HOURLY, charged, charged * 80_000 // 60)]
    assert made.worked == 37 * MINUTE


def test_what_rounding_adds_is_added_where_it_costs_least() -> None:
    made = charge([piece("2026-11-25 15:50", 20)], terms(minimum_minutes=30), CALENDAR)
    assert told(made.lines) == [(Rule.HOURLY, 20, 26_667), (Rule.HOURLY_AFTER_HOURS, 10, 20_000)]


def test_what_rounding_takes_away_is_taken_where_it_costs_most() -> None:
    made = charge([piece("2026-11-25 15:50", 20)], terms(rounding={"mode": "down", "step_minutes": 15}), CALENDAR)
    assert told(made.lines) == [(Rule.HOURLY, 10, 13_333), (Rule.HOURLY_AFTER_HOURS, 5, 10_000)]


def test_a_favour_costs_nothing_and_its_value_is_told() -> None:
    made = charge([piece("2026-11-25 15:55", 10, WorkKind.GOODWILL)], terms(minimum_minutes=30), CALENDAR)
    assert told(made.lines) == [(Rule.GOODWILL, 0, 0)]
    assert (made.total, made.goodwill) == (0, 16_667)


def test_travel_costs_its_own_rate_at_any_hour() -> None:
    work = [piece("2026-11-25 20:00", 30, WorkKind.TRAVEL)]
    assert charge(work, terms(travel_rate=40_000), CALENDAR).total == 20_000
    assert charge(work, terms(), CALENDAR).total == 40_000


def test_a_month_is_the_month_on_the_wall() -> None:
    made = charge([piece("2026-11-30 23:30", 15), piece("2026-12-01 00:15", 15, number=2)], terms(), CALENDAR)
    assert [len(made.month(2026, month).lines) for month in (11, 12)] == [1, 1]


@given(any_work, any_terms)
def test_the_total_is_the_sum_of_the_lines_and_no_line_is_below_nothing(work: list[Piece], agreed: Terms) -> None:
    made = charge(work, agreed, CALENDAR)
    assert made.total == sum(line.amount for line in made.lines)
    assert all(min(line.amount, line.charged, line.worked, line.value) >= 0 for line in made.lines)


@given(any_work, any_terms)
def test_the_raw_time_is_kept(work: list[Piece], agreed: Terms) -> None:
    raw = sum((each.end - each.start for each in work), timedelta())
    assert timedelta(microseconds=charge(work, agreed, CALENDAR).worked) == raw


@given(any_work, any_terms, st.integers(0, 11), st.floats(0.01, 0.99))
def test_splitting_work_changes_no_raw_time(work: list[Piece], agreed: Terms, which: int, part: float) -> None:
    if not work:
        return
    cut = work[which % len(work)]
    middle = cut.start + (cut.end - cut.start) * part
    halves = [replace(cut, end=middle), replace(cut, id=UUID(int=2**100), start=middle)]
    split = [*(each for each in work if each is not cut), *halves]
    before, after = charge(work, agreed, CALENDAR), charge(split, agreed, CALENDAR)
    assert before.worked == after.worked
    if CALENDAR.day_of(middle) == CALENDAR.day_of(cut.start):
        assert (before.total, before.goodwill) == (after.total, after.goodwill)


@given(any_work, any_terms, st.randoms(use_true_random=False))
def test_the_order_of_work_changes_nothing(work: list[Piece], agreed: Terms, shuffled: random.Random) -> None:
    other = list(work)
    shuffled.shuffle(other)
    assert repr(charge(other, agreed, CALENDAR)).encode() == repr(charge(work, agreed, CALENDAR)).encode()


@given(any_work, any_terms)
def test_rounding_takes_no_more_than_the_rule_allows(work: list[Piece], agreed: Terms) -> None:
    step, least = agreed.rounding.step_minutes * MINUTE, agreed.minimum_minutes * MINUTE
    most_added, most_taken = {
        RoundingMode.NONE: (0, 0),
        RoundingMode.UP: (step - 1, 0),
        RoundingMode.DOWN: (0, step - 1),
        RoundingMode.NEAREST: (step // 2, step // 2),
    }[agreed.rounding.mode]
    made = charge(work, agreed, CALENDAR)
    jobs = {(line.day, line.case, line.kind) for line in made.lines}
    for job in jobs:
        lines = [line for line in made.lines if (line.day, line.case, line.kind) == job]
        worked, charged = sum(line.worked for line in lines), sum(line.charged for line in lines)
        if job[2] in FREE:
            assert charged == 0
        else:
            assert worked - most_taken <= charged <= max(least, worked + most_added)
            assert charged >= least
            assert agreed.rounding.mode is RoundingMode.NONE or charged % step == 0


@given(any_work, any_terms)
def test_an_amount_is_its_time_at_its_rate_to_the_nearest_unit(work: list[Piece], agreed: Terms) -> None:
    for line in charge(work, agreed, CALENDAR).lines:
        exact = line.charged * line.rate * line.percent
        assert abs(line.amount * 100 * HOUR - exact) * 2 <= 100 * HOUR


@given(any_work, any_terms, st.integers(0, 200_000))
def test_work_outside_costs_no_more_an_hour_than_was_accepted(work: list[Piece], agreed: Terms, accepted: int) -> None:
    pieces = [replace(each, kind=WorkKind.SPECIAL, accepted=accepted) for each in work]
    lines = charge(pieces, agreed, CALENDAR).lines
    assert {line.rate for line in lines} <= {min(accepted, agreed.special_rate)}
    other = [replace(each, kind=WorkKind.COVERED) for each in pieces]
    assert charge(other, agreed, CALENDAR) == charge([replace(each, accepted=None) for each in other], agreed, CALENDAR)


def test_of_a_day_s_two_accepted_rates_the_lower_counts() -> None:
    work = [piece("2026-11-25 10:00", 60, WorkKind.SPECIAL), piece("2026-11-25 12:00", 60, WorkKind.SPECIAL, number=2)]
    made = charge([replace(work[0], accepted=110_000), replace(work[1], accepted=90_000)], terms(), CALENDAR)
    assert told(made.lines) == [(Rule.SPECIAL, 120, 180_000)]


@given(any_work, any_terms)
def test_what_is_free_is_never_charged(work: list[Piece], agreed: Terms) -> None:
    made = charge([each for each in work if each.kind in FREE], agreed, CALENDAR)
    assert made.total == 0


def test_the_night_in_which_the_clock_goes_back_counts_each_hour_once() -> None:
    start = local("2026-10-25 01:30")
    work = [Piece(UUID(int=1), UUID(int=1), WorkKind.COVERED, start, start + timedelta(hours=2))]
    assert told(charge(work, terms(), CALENDAR).lines) == [(Rule.HOURLY_AFTER_HOURS, 120, 240_000)]
