"""Small favours, counted and valued: never billed in silence, never lost in silence (rule 7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.agreement import Terms
from app.domain.charge import MINUTE, Piece, favour_value
from app.domain.events import WorkKind
from app.domain.hours import Calendar


@dataclass(frozen=True, slots=True)
class Favour:
    """One favour: `worked` in microseconds, `value` what it would have cost at the hourly rate, in minor units."""

    day: date
    case: UUID
    worked: int
    value: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The favours of one month. `allowed` and `used` are microseconds."""

    currency: str
    favours: tuple[Favour, ...]
    allowed: int

    @property
    def used(self) -> int:
        """How much time went into favours."""
        return sum(favour.worked for favour in self.favours)

    @property
    def left(self) -> int:
        """How much of the allowance is left: never below nothing."""
        return max(0, self.allowed - self.used)

    @property
    def value(self) -> int:
        """What all favours would have cost, in minor units."""
        return sum(favour.value for favour in self.favours)

    @property
    def has_grown(self) -> bool:
        """Whether the small jobs have become a task that is worth an agreement of its own."""
        return bool(self.favours) and self.used > self.allowed


def ledger(work: Iterable[Piece], terms: Terms, calendar: Calendar, year: int, month: int) -> Ledger:
    """The favours that began in this month on the wall, in order."""
    pieces = sorted(_favours(work, calendar, year, month), key=lambda piece: (piece.start, piece.id.int))
    favours = tuple(_favour(piece, terms, calendar) for piece in pieces)
    return Ledger(terms.currency, favours, terms.goodwill.minutes_per_month * MINUTE)


def goodwill_left(work: Iterable[Piece], terms: Terms, calendar: Calendar, case: UUID, at: datetime) -> int:
    """How many whole minutes may still be given away on this case in the month of this moment."""
    day = calendar.day_of(at)
    given = list(_favours(work, calendar, day.year, day.month))
    on_case = sum(piece.worked for piece in given if piece.case == case)
    of_job = terms.goodwill.minutes_per_job * MINUTE - on_case
    of_month = terms.goodwill.minutes_per_month * MINUTE - sum(piece.worked for piece in given)
    return max(0, min(of_job, of_month)) // MINUTE


def _favours(work: Iterable[Piece], calendar: Calendar, year: int, month: int) -> Iterable[Piece]:
    for piece in work:
        day = calendar.day_of(piece.start)
        if piece.kind is WorkKind.GOODWILL and (day.year, day.month) == (year, month):
            yield piece


def _favour(piece: Piece, terms: Terms, calendar: Calendar) -> Favour:
    within = piece.within(calendar)
    value = favour_value(within, piece.worked - within, terms)
    return Favour(calendar.day_of(piece.start), piece.case, piece.worked, value, piece.text)
