"""Favours have a ledger of their own: their time, their value, what is left, and a hint when they have grown."""

from hypothesis import given

from app.domain.agreement import Terms
from app.domain.charge import MINUTE, Piece, charge
from app.domain.events import WorkKind
from app.domain.ledger import goodwill_left, ledger
from tests.domain.agreements import CALENDAR, any_terms, any_work, local, piece, terms

AGREED = terms(goodwill={"minutes_per_job": 15, "minutes_per_month": 30})


def test_a_month_at_a_glance() -> None:
    work = [
        piece("2026-11-03 10:00", 5, WorkKind.GOODWILL, case=2, number=2),
        piece("2026-11-02 10:00", 10, WorkKind.GOODWILL),
        piece("2026-11-02 11:00", 60),
        piece("2026-10-30 10:00", 15, WorkKind.GOODWILL, number=4),
    ]
    month = ledger(work, AGREED, CALENDAR, 2026, 11)
    assert [(favour.day.day, favour.worked // MINUTE, favour.value) for favour in month.favours] == [
        (2, 10, 13_333), (3, 5, 6_667),
    ]  # fmt: skip
    assert (month.used // MINUTE, month.left // MINUTE, month.value, month.currency) == (15, 15, 20_000, "DKK")
    assert not month.has_grown


def test_favours_beyond_the_allowance_stay_favours_and_a_hint_is_given() -> None:
    work = [piece("2026-11-02 10:00", 31, WorkKind.GOODWILL)]
    month = ledger(work, AGREED, CALENDAR, 2026, 11)
    assert (month.left, month.has_grown) == (0, True)
    assert charge(work, AGREED, CALENDAR).total == 0


def test_what_is_left_is_the_smaller_of_the_jobs_and_the_months() -> None:
    work = [piece("2026-11-02 10:00", 10, WorkKind.GOODWILL), piece("2026-11-03 10:00", 12, WorkKind.GOODWILL, case=2)]
    at = local("2026-11-25 10:00")
    cases = [each.case for each in work]
    assert [goodwill_left(work, AGREED, CALENDAR, case, at) for case in cases] == [5, 3]
    assert goodwill_left(work, AGREED, CALENDAR, cases[0], local("2026-12-01 10:00")) == 15


@given(any_work, any_terms)
def test_no_favour_is_lost_and_none_is_counted_twice(work: list[Piece], agreed: Terms) -> None:
    months = {(CALENDAR.day_of(each.start).year, CALENDAR.day_of(each.start).month) for each in work}
    used = sum(ledger(work, agreed, CALENDAR, *month).used for month in months)
    charged = charge([each for each in work if each.kind is WorkKind.GOODWILL], agreed, CALENDAR)
    assert used == charged.worked
