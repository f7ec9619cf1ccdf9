"""What the customer agreed to pay holds for the work that was meant."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.events import Outcome
from app.domain.price import Price, accepted_rate
from tests.domain.agreements import decided
from tests.domain.make import ANNA, NOON, event


def price(hour: int, rate: int, *, accepted: bool | None = True, outcome: Outcome = Outcome.SPECIAL) -> Price:
    """A price that was told so many hours after noon."""
    told = decided(outcome).model_copy(update={"rate": rate})
    return Price(event(told).id, NOON + timedelta(hours=hour), ANNA, told, accepted)


PRICES = (
    price(1, 1000),
    price(2, 900, accepted=False),
    price(3, 800),
    price(4, 0, accepted=None, outcome=Outcome.GOODWILL),
    price(5, 1200, accepted=None),
)


@pytest.mark.parametrize(("hour", "rate"), [(0, 1000), (1, 1000), (2, 1000), (3, 800), (4, 800), (9, 800)])
def test_work_costs_an_hour_what_was_told_last_before_it_and_accepted(hour: int, rate: int) -> None:
    assert accepted_rate(PRICES, NOON + timedelta(hours=hour)) == rate


@pytest.mark.parametrize("percent", [100, 133, 150, 199, 1000])
def test_a_price_that_was_told_after_hours_holds_for_an_hour_within_them(percent: int) -> None:
    (asked,) = PRICES[:1]
    for rate in (0, 1, 99, 80_000, 120_001):
        told = asked.told.model_copy(update={"rate": rate * percent // 100, "percent": percent})
        assert accepted_rate((replace(asked, told=told),), NOON) == rate


def test_where_nothing_was_accepted_there_is_no_such_rate() -> None:
    assert accepted_rate(PRICES[1:2] + PRICES[3:], NOON + timedelta(hours=9)) is None
