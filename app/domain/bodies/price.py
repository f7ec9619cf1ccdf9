"""What work would cost, told before it starts, and what the customer says to it (rule 6)."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.agreement import Topic
from app.domain.bodies.work import WorkKind
from app.domain.money import MinorUnits, Money
from app.domain.records import LongText, Record


class Responsibility(StrEnum):
    """Whose the problem is (rule 5)."""

    UNKNOWN = "not known yet"
    CUSTOMER = "the customer's own equipment"
    SHOP = "the shop's own doing"
    VENDOR = "a vendor"
    OWN_IT = "the customer's own IT person"


class Outcome(StrEnum):
    """What the agreement says of a piece of work."""

    COVERED = "covered"
    SPECIAL = "special rate"
    GOODWILL = "goodwill"
    NOT_OURS = "not ours"


class Reason(StrEnum):
    """Why it says so."""

    TOPIC_COVERED = "the agreement covers this"
    TOPIC_COVERED_AFTER_HOURS = "the agreement covers this, and it is after hours"
    SHOPS_OWN_DOING = "the shop caused it"
    SMALL_FAVOUR = "it is outside the agreement, and small enough to be a favour"
    TOPIC_OUTSIDE = "it is outside the agreement"
    NOT_IN_FORCE = "the agreement is not in force on this day"
    VENDORS = "a vendor has to mend it"
    OWN_ITS = "the customer's own IT person has to mend it"


class CoverageDecided(Record):
    """What the agreement says of the work that is about to start. `sentence` can be read to the customer.

    `work` is the kind that it would be recorded as, None where it is not the shop's. `rate` is minor units for an hour,
    of which `percent` is the part of the agreement's rate that counts at that time of day.
    """

    kind: Literal["coverage_decided"] = "coverage_decided"
    topic: Topic
    responsibility: Responsibility
    minutes: Annotated[int, Field(ge=1, le=10_000)]
    outcome: Outcome
    reason: Reason
    work: WorkKind | None
    rate: MinorUnits
    percent: Annotated[int, Field(ge=100, le=1000)] = 100
    likely: Money
    sentence: LongText


class PriceAccepted(Record):
    """The customer agrees to what `decision` told. Only then work outside the agreement can be charged."""

    kind: Literal["price_accepted"] = "price_accepted"
    decision: UUID


class PriceDeclined(Record):
    """The customer does not agree to what `decision` told."""

    kind: Literal["price_declined"] = "price_declined"
    decision: UUID
    text: Annotated[str, Field(max_length=2000)] = ""
