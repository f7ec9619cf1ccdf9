"""Whether work is covered, and what it would cost: found out before it starts (rule 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.agreement import Terms
from app.domain.charge import Piece, charge
from app.domain.events import Outcome, Reason, Responsibility, WorkKind
from app.domain.hours import Calendar
from app.domain.ledger import goodwill_left
from app.domain.money import Money


@dataclass(frozen=True, slots=True)
class Question:
    """Work that is about to start on a case: about what, whose problem it is, and how long it will probably take."""

    case: UUID
    topic: str
    responsibility: Responsibility
    at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer. `kind` is what the work would be recorded as, None where it is not the shop's at all.

    `rate` is minor units for an hour, with `percent`, the after-hours factor, applied. `likely` is what the work would
    add to the bill as far as anybody can know: included minutes that are left are taken into account.
    """

    outcome: Outcome
    reason: Reason
    kind: WorkKind | None
    rate: int
    percent: int
    likely: Money

    @property
    def needs_acceptance(self) -> bool:
        """Whether the customer has to accept the price before the work can be charged."""
        return self.outcome is Outcome.SPECIAL


def coverage(question: Question, terms: Terms, calendar: Calendar, earlier: Iterable[Piece]) -> Coverage:
    """What the agreement says of this. `earlier` is all work under the agreement until now."""
    work = tuple(earlier)
    outcome, reason, kind = _decided(question, terms, calendar, work)
    rate = terms.special_rate if kind is WorkKind.SPECIAL else terms.hourly_rate if kind is WorkKind.COVERED else 0
    percent = 100 if calendar.is_open(question.at) else terms.after_hours_percent
    likely = _likely(question, terms, calendar, work, kind) if kind else 0
    price = Money(amount=likely, currency=terms.currency)
    return Coverage(outcome, reason, kind, rate * percent // 100, percent, price)


def _decided(
    question: Question, terms: Terms, calendar: Calendar, work: tuple[Piece, ...]
) -> tuple[Outcome, Reason, WorkKind | None]:
    match question.responsibility:
        case Responsibility.SHOP:
            return Outcome.COVERED, Reason.SHOPS_OWN_DOING, WorkKind.INTERNAL
        case Responsibility.VENDOR:
            return Outcome.NOT_OURS, Reason.VENDORS, None
        case Responsibility.OWN_IT:
            return Outcome.NOT_OURS, Reason.OWN_ITS, None
        case _:
            return _by_topic(question, terms, calendar, work)


def _by_topic(
    question: Question, terms: Terms, calendar: Calendar, work: tuple[Piece, ...]
) -> tuple[Outcome, Reason, WorkKind | None]:
    in_force = is_in_force(terms, calendar, question.at)
    if in_force and question.topic.strip().lower() in terms.covers:
        within = calendar.is_open(question.at)
        reason = Reason.TOPIC_COVERED if within else Reason.TOPIC_COVERED_AFTER_HOURS
        return Outcome.COVERED, reason, WorkKind.COVERED
    if in_force and question.minutes <= goodwill_left(work, terms, calendar, question.case, question.at):
        return Outcome.GOODWILL, Reason.SMALL_FAVOUR, WorkKind.GOODWILL
    return Outcome.SPECIAL, Reason.TOPIC_OUTSIDE if in_force else Reason.NOT_IN_FORCE, WorkKind.SPECIAL


def is_in_force(terms: Terms, calendar: Calendar, moment: datetime) -> bool:
    """Whether the agreement holds on this day."""
    day = calendar.day_of(moment)
    return terms.valid_from <= day and (terms.valid_until is None or day <= terms.valid_until)


def _likely(question: Question, terms: Terms, calendar: Calendar, work: tuple[Piece, ...], kind: WorkKind) -> int:
    """By how much the bill would grow."""
    end = question.at + timedelta(minutes=question.minutes)
    planned = Piece(UUID(int=0), question.case, kind, question.at, end)
    return charge((*work, planned), terms, calendar).total - charge(work, terms, calendar).total
