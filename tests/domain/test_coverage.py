"""What is covered and what it costs is known before the work starts."""

from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement import Terms
from app.domain.charge import Piece, charge
from app.domain.coverage import Coverage, Question, coverage
from app.domain.events import Outcome, Reason, Responsibility, WorkKind
from tests.domain.agreements import CALENDAR, any_terms, any_work, local, piece, terms

CASE = UUID(int=1)


def asked(topic: str, at: str = "2026-11-25 10:00", minutes: int = 30, **more: object) -> Coverage:
    """What the usual agreement says, with these terms changed."""
    question = Question(CASE, topic, Responsibility.UNKNOWN, local(at), minutes)
    return coverage(question, terms(**more), CALENDAR, [])


def test_a_topic_of_the_agreement_is_covered() -> None:
    answer = asked("Printer ")
    assert (answer.outcome, answer.reason, answer.kind) == (Outcome.COVERED, Reason.TOPIC_COVERED, WorkKind.COVERED)
    assert (answer.rate, answer.likely.amount, answer.likely.currency) == (80_000, 40_000, "DKK")
    assert not answer.needs_acceptance


def test_after_hours_it_is_covered_and_costs_more() -> None:
    answer = asked("printer", "2026-11-25 20:00")
    assert answer.reason is Reason.TOPIC_COVERED_AFTER_HOURS
    assert (answer.rate, answer.likely.amount) == (120_000, 60_000)


def test_included_minutes_that_are_left_lower_the_likely_price() -> None:
    question = Question(CASE, "printer", Responsibility.UNKNOWN, local("2026-11-25 10:00"), 30)
    answer = coverage(question, terms(included_minutes=60), CALENDAR, [piece("2026-11-02 10:00", 45)])
    assert answer.likely.amount == 20_000


def test_what_is_outside_costs_the_special_rate_once_it_is_accepted() -> None:
    answer = asked("website")
    assert (answer.outcome, answer.reason, answer.kind) == (Outcome.SPECIAL, Reason.TOPIC_OUTSIDE, WorkKind.SPECIAL)
    assert answer.likely.amount == 60_000
    assert answer.needs_acceptance


@pytest.mark.parametrize(("minutes", "outcome"), [(15, Outcome.GOODWILL), (16, Outcome.SPECIAL)])
def test_it_only_takes_five_minutes_is_a_favour_as_far_as_agreed(minutes: int, outcome: Outcome) -> None:
    answer = asked("website", minutes=minutes, goodwill={"minutes_per_job": 15, "minutes_per_month": 60})
    assert answer.outcome is outcome
    assert (answer.likely.amount == 0) == (outcome is Outcome.GOODWILL)


def test_favours_end_with_the_months_allowance() -> None:
    agreed = terms(goodwill={"minutes_per_job": 15, "minutes_per_month": 30})
    given = [piece(f"2026-11-0{day} 10:00", 10, WorkKind.GOODWILL, case=day, number=day) for day in (2, 3)]
    question = Question(CASE, "website", Responsibility.UNKNOWN, local("2026-11-25 10:00"), 10)
    assert coverage(question, agreed, CALENDAR, given).outcome is Outcome.GOODWILL
    given.append(piece("2026-11-04 10:00", 1, WorkKind.GOODWILL, case=4, number=4))
    assert coverage(question, agreed, CALENDAR, given).outcome is Outcome.SPECIAL


@pytest.mark.parametrize(
    ("whose", "reason"), [(Responsibility.VENDOR, Reason.VENDORS), (Responsibility.OWN_IT, Reason.OWN_ITS)]
)
def test_what_somebody_else_has_to_mend_is_not_ours(whose: Responsibility, reason: Reason) -> None:
    answer = coverage(Question(CASE, "printer", whose, local("2026-11-25 10:00"), 30), terms(), CALENDAR, [])
    assert (answer.outcome, answer.reason, answer.kind, answer.likely.amount) == (Outcome.NOT_OURS, reason, None, 0)


def test_what_the_shop_caused_costs_nothing() -> None:
    question = Question(CASE, "website", Responsibility.SHOP, local("2026-11-25 20:00"), 300)
    answer = coverage(question, terms(), CALENDAR, [])
    assert (answer.outcome, answer.kind, answer.likely.amount) == (Outcome.COVERED, WorkKind.INTERNAL, 0)


@pytest.mark.parametrize(
    ("day", "holds"), [("2026-05-31", False), ("2026-06-01", True), ("2026-06-30", True), ("2026-07-01", False)]
)
def test_an_agreement_holds_from_its_first_to_its_last_day(day: str, holds: bool) -> None:
    answer = asked("printer", f"{day} 23:30", valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30))
    assert (answer.outcome is Outcome.COVERED) == holds
    assert holds or answer.reason is Reason.NOT_IN_FORCE


@given(
    any_work, any_terms, st.sampled_from(["printer", "website"]), st.sampled_from(Responsibility), st.integers(1, 600)
)
def test_the_likely_price_is_what_the_work_then_costs(
    work: list[Piece], agreed: Terms, topic: str, whose: Responsibility, minutes: int
) -> None:
    at: datetime = max((each.start for each in work), default=local("2026-06-01 09:00"))
    question = Question(CASE, topic, whose, at, minutes)
    answer = coverage(question, agreed, CALENDAR, work)
    if answer.kind is None:
        return
    done = Piece(UUID(int=2**90), CASE, answer.kind, at, at.fromtimestamp(at.timestamp() + 60 * minutes, at.tzinfo))
    before, after = charge(work, agreed, CALENDAR), charge([*work, done], agreed, CALENDAR)
    assert after.total - before.total == answer.likely.amount
