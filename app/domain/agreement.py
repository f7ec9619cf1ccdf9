"""What a shop and a customer agreed: what is covered, when, and what it costs."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, field_serializer

from app.domain.hours import OpenHours, overlapping
from app.domain.money import Currency, MinorUnits
from app.domain.records import Record, ShortText

Minutes = Annotated[int, Field(ge=0, le=100_000)]
Topic = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=60)]
"""What a case is about, as a word of the shop's own: printer, mail, network."""


class RoundingMode(StrEnum):
    """What becomes of a started step of a job's time when it is charged."""

    NONE = "none"
    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


class Rounding(Record):
    """How a job's time is rounded when it is charged. What was worked is kept as it was."""

    mode: RoundingMode = RoundingMode.NONE
    step_minutes: Annotated[int, Field(ge=1, le=480)] = 1


class Goodwill(Record):
    """How much help beyond the agreement a technician may give away without asking anybody (rule 7)."""

    minutes_per_job: Minutes = 0
    minutes_per_month: Minutes = 0


class Terms(Record):
    """An agreement's terms. Rates are minor units of `currency` for an hour, `after_hours_percent` of them after hours.

    `included_minutes` a month pay for covered work within hours; None means all of it. What is unused lives on for
    `rollover_months`. `minimum_minutes` and `rounding` hold for a job: the work of one kind on one case that began on
    one day, where that is charged. `country` and `region` (ISO 3166) name the public holidays, on which it is after
    hours all day.
    """

    name: ShortText
    currency: Currency
    timezone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", max_length=60)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    valid_from: date
    valid_until: date | None = None
    hours: tuple[OpenHours, ...] = ()
    covers: frozenset[Topic] = frozenset()
    hourly_rate: MinorUnits
    special_rate: MinorUnits
    travel_rate: MinorUnits | None = None
    after_hours_percent: Annotated[int, Field(ge=0, le=1000)] = 100
    included_minutes: Minutes | None = 0
    rollover_months: Annotated[int, Field(ge=0, le=24)] = 0
    minimum_minutes: Annotated[int, Field(ge=0, le=480)] = 0
    rounding: Rounding = Rounding()
    goodwill: Goodwill = Goodwill()
    rework_days: Annotated[int, Field(ge=0, le=3650)] = 30
    response_minutes: Minutes | None = None

    @field_serializer("covers")
    def _in_order(self, covers: frozenset[str]) -> list[str]:
        """A set has no order, and the same terms are the same bytes wherever they are written."""
        return sorted(covers)


def contradictions(terms: Terms) -> tuple[str, ...]:
    """What in the terms cannot hold together, as sentences for whoever wrote them; empty where all does."""
    checks = (
        (terms.valid_until is not None and terms.valid_until < terms.valid_from, "It ends before it begins."),
        (overlapping(terms.hours), "Some of its hours overlap."),
        (terms.special_rate < terms.hourly_rate, "Work outside the agreement would cost less than work within it."),
        (terms.after_hours_percent < 100, "Work after hours would cost less than within hours."),
        (
            terms.goodwill.minutes_per_job > terms.goodwill.minutes_per_month,
            "One job may have more goodwill than the whole month.",
        ),
        (
            terms.rollover_months > 0 and not terms.included_minutes,
            "Unused minutes are to live on, and there are none to be left over.",
        ),
        (terms.included_minutes != 0 and not terms.covers, "It includes minutes, and covers nothing."),
        (
            terms.rounding.mode is not RoundingMode.NONE and terms.minimum_minutes % terms.rounding.step_minutes != 0,
            "The least time for a job is no whole number of rounding steps.",
        ),
        (terms.response_minutes is not None and not terms.hours, "It promises an answer within hours, and has none."),
    )
    return tuple(sentence for wrong, sentence in checks if wrong)
