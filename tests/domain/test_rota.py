"""Someone is reachable at any hour, and it can be told who and why."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.rota import Shift, Why, alerted, gaps, on_call
from tests.domain import make
from tests.domain.agreements import CALENDAR, local

STAFF = (make.ANNA, make.BO)
NIGHT = Shift(technician=make.BO.id, name="Bo", start=local("2026-11-25 16:00"), end=local("2026-11-26 08:00"))
hours = st.integers(0, 24 * 14).map(lambda number: local("2026-11-23 00:00") + timedelta(hours=number))
shifts = st.builds(
    lambda who, start, length: Shift(technician=who.id, name=who.name, start=start, end=start + length),
    st.sampled_from(STAFF), hours, st.integers(1, 48).map(lambda number: timedelta(hours=number)),
)  # fmt: skip


def test_within_hours_all_are_alerted_and_first_the_one_who_knows_the_customer() -> None:
    alert = alerted(STAFF, [NIGHT], CALENDAR, make.BO.id, local("2026-11-25 10:00"))
    assert (alert.people, alert.why) == ((make.BO.id, make.ANNA.id), Why.USUAL)
    alert = alerted(STAFF, [NIGHT], CALENDAR, None, local("2026-11-25 10:00"))
    assert (alert.people, alert.why) == ((make.ANNA.id, make.BO.id), Why.WITHIN_HOURS)


def test_after_hours_those_on_call_are() -> None:
    alert = alerted(STAFF, [NIGHT], CALENDAR, make.ANNA.id, local("2026-11-25 20:00"))
    assert (alert.people, alert.why) == ((make.BO.id,), Why.ON_CALL)


def test_where_nobody_is_on_call_everybody_is_alerted() -> None:
    gone = NIGHT.model_copy(update={"technician": UUID(int=99)})  # somebody who has left the shop
    for planned in ([], [gone]):
        alert = alerted(STAFF, planned, CALENDAR, None, local("2026-11-25 20:00"))
        assert (alert.people, alert.why) == ((make.ANNA.id, make.BO.id), Why.NOBODY_ON_CALL)


def test_a_customer_is_never_alerted() -> None:
    assert alerted([make.LONE, make.ANNA], [], CALENDAR, make.LONE.id, local("2026-11-25 10:00")).people == (
        make.ANNA.id,
    )


def test_a_shift_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Shift(technician=make.BO.id, name="Bo", start=NIGHT.end, end=NIGHT.start)


@given(st.lists(shifts, max_size=6), hours)
def test_one_is_on_call_from_the_start_to_just_before_the_end(planned: list[Shift], at: datetime) -> None:
    assert set(on_call(planned, at)) == {shift for shift in planned if shift.start <= at < shift.end}


@given(st.lists(shifts, max_size=6), hours, st.sampled_from([None, *(person.id for person in STAFF)]))
def test_a_request_never_rings_nowhere(planned: list[Shift], at: datetime, usual: UUID | None) -> None:
    assert alerted(STAFF, planned, CALENDAR, usual, at).people


@given(st.lists(shifts, max_size=6), hours)
def test_a_gap_is_where_nobody_is_reachable(planned: list[Shift], at: datetime) -> None:
    start, end = local("2026-11-23 00:00"), local("2026-12-07 01:00")
    within = any(gap.start <= at < gap.end for gap in gaps(planned, CALENDAR, start, end))
    assert within == (not CALENDAR.is_open(at) and not on_call(planned, at))
