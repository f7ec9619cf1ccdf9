"""What work costs: the same work, terms and calendar give the same lines, whoever reckons and in whichever order.

Time is counted in whole microseconds and money in whole minor units. A job is the work of one kind on one case that
began on one day. It is rounded once, as a whole; each line is then an amount of its own, and the total is their sum.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from app.domain.agreement import Rounding, RoundingMode, Terms
from app.domain.events import WorkKind
from app.domain.hours import Calendar
from app.domain.money import rounded

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
_MICROSECOND = timedelta(microseconds=1)


class Rule(StrEnum):
    """Which of the agreement's rules made a line."""

    INCLUDED = "included minutes"
    HOURLY = "hourly rate"
    HOURLY_AFTER_HOURS = "hourly rate, after hours"
    SPECIAL = "special rate"
    SPECIAL_AFTER_HOURS = "special rate, after hours"
    TRAVEL = "travel"
    GOODWILL = "goodwill"
    REWORK = "rework"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of raw work, as it was. Moments are UTC; `text` is what was done, or why it is a favour.

    `accepted` is what the customer agreed to pay for an hour of it within hours, in minor units, where they were asked.
    """

    id: UUID
    case: UUID
    kind: WorkKind
    start: datetime
    end: datetime
    text: str = ""
    accepted: int | None = None

    @property
    def worked(self) -> int:
        """How long it took, in microseconds."""
        return (self.end - self.start) // _MICROSECOND

    def within(self, calendar: Calendar) -> int:
        """How much of it lay within the hours, in microseconds."""
        return calendar.open_time(self.start, self.end) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: a part of one job under one rule.

    `worked` and `charged` are microseconds. `rate` is minor units for an hour, and `percent` of it counts. `value`
    is what a favour would have cost at the hourly rate, and nothing on other lines.
    """

    day: date
    case: UUID
    kind: WorkKind
    rule: Rule
    worked: int
    charged: int
    rate: int
    percent: int
    amount: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Charge:
    """What work costs, line by line, in the order in which it was done."""

    currency: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """The sum of the lines, in minor units."""
        return sum(line.amount for line in self.lines)

    @property
    def worked(self) -> int:
        """All raw time, in microseconds."""
        return sum(line.worked for line in self.lines)

    @property
    def goodwill(self) -> int:
        """What the favours would have cost, in minor units."""
        return sum(line.value for line in self.lines)

    def month(self, year: int, month: int) -> "Charge":
        """The lines of one month."""
        return Charge(self.currency, tuple(x for x in self.lines if (x.day.year, x.day.month) == (year, month)))


def charge(work: Iterable[Piece], terms: Terms, calendar: Calendar) -> Charge:
    """Charge all work under one agreement, from its beginning on, so that what is left of one month is known."""
    included = _Included(terms)
    lines: list[Line] = []
    for job in _jobs(work, calendar):
        lines.extend(_lines(job, terms, included))
    return Charge(terms.currency, tuple(lines))


def favour_value(within: int, after: int, terms: Terms) -> int:
    """What so many microseconds within hours and after them would have cost at the hourly rate, in minor units."""
    return rounded((within * 100 + after * terms.after_hours_percent) * terms.hourly_rate, 100 * HOUR)


@dataclass(frozen=True, slots=True)
class _Job:
    """One kind of work on one case, begun on one day: microseconds within hours and after them."""

    day: date
    case: UUID
    kind: WorkKind
    within: int
    after: int
    accepted: int | None = None


def _jobs(work: Iterable[Piece], calendar: Calendar) -> Iterator[_Job]:
    """In an order of their own: by the day, then by what began first."""
    of_days = sorted(
        ((calendar.day_of(piece.start), piece) for piece in work),
        key=lambda pair: (pair[0], pair[1].case.int, pair[1].kind.value, pair[1].start, pair[1].id.int),
    )
    jobs = []
    for (day, case, kind), group in groupby(of_days, key=lambda pair: (pair[0], pair[1].case, pair[1].kind)):
        pieces = [piece for _, piece in group]
        within = sum(piece.within(calendar) for piece in pieces)
        whole = sum(piece.worked for piece in pieces)
        accepted = min((piece.accepted for piece in pieces if piece.accepted is not None), default=None)
        jobs.append((pieces[0].start, _Job(day, case, kind, within, whole - within, accepted)))
    jobs.sort(key=lambda pair: (pair[1].day, pair[0], pair[1].case.int, pair[1].kind.value))
    return (job for _, job in jobs)


def _lines(job: _Job, terms: Terms, included: "_Included") -> Iterator[Line]:
    match job.kind:
        case WorkKind.COVERED:
            yield from _covered(job, terms, included)
        case WorkKind.SPECIAL:
            rate = terms.special_rate if job.accepted is None else min(job.accepted, terms.special_rate)
            yield from _at_rate(job, terms, rate, (Rule.SPECIAL, Rule.SPECIAL_AFTER_HOURS))
        case WorkKind.TRAVEL:
            rate = terms.hourly_rate if terms.travel_rate is None else terms.travel_rate
            yield _line(job, Rule.TRAVEL, job.within + job.after, _charged(job, terms), rate, 100)
        case WorkKind.GOODWILL:
            yield _free(job, Rule.GOODWILL, favour_value(job.within, job.after, terms))
        case WorkKind.REWORK:
            yield _free(job, Rule.REWORK)
        case WorkKind.INTERNAL:
            yield _free(job, Rule.INTERNAL)


def _covered(job: _Job, terms: Terms, included: "_Included") -> Iterator[Line]:
    within, after = _parted(job, _charged(job, terms))
    free = included.take(job.day, within)
    if free or (job.within and not within):
        worked = job.within if free == within else min(job.within, free)
        yield _line(job, Rule.INCLUDED, worked, free, terms.hourly_rate, 0)
        job = _Job(job.day, job.case, job.kind, job.within - worked, job.after)
    yield from _priced(job, (within - free, after), terms, terms.hourly_rate, (Rule.HOURLY, Rule.HOURLY_AFTER_HOURS))


def _at_rate(job: _Job, terms: Terms, rate: int, rules: tuple[Rule, Rule]) -> Iterator[Line]:
    yield from _priced(job, _parted(job, _charged(job, terms)), terms, rate, rules)


def _priced(job: _Job, charged: tuple[int, int], terms: Terms, rate: int, rules: tuple[Rule, Rule]) -> Iterator[Line]:
    """A line within hours and one after them, where there is anything to tell."""
    parts = ((job.within, charged[0], 100), (job.after, charged[1], terms.after_hours_percent))
    for rule, (worked, time, percent) in zip(rules, parts, strict=True):
        if worked or time:
            yield _line(job, rule, worked, time, rate, percent)


def _charged(job: _Job, terms: Terms) -> int:
    """The job's time as it is charged: rounded, then the least that a job takes."""
    worked = job.within + job.after
    return max(_to_step(worked, terms.rounding), terms.minimum_minutes * MINUTE) if worked else 0


def _to_step(time: int, rounding: Rounding) -> int:
    step = rounding.step_minutes * MINUTE
    match rounding.mode:
        case RoundingMode.NONE:
            return time
        case RoundingMode.UP:
            return -(-time // step) * step
        case RoundingMode.DOWN:
            return time // step * step
        case RoundingMode.NEAREST:
            return rounded(time, step) * step


def _parted(job: _Job, charged: int) -> tuple[int, int]:
    """The charged time within hours and after them: what rounding adds is added where it costs least.

    And what it takes away is taken where it costs most. Both are the customer's.
    """
    more = charged - job.within - job.after
    if more >= 0:
        return (job.within + more, job.after) if job.within else (0, job.after + more)
    off_after = min(-more, job.after)
    return job.within + more + off_after, job.after - off_after


def _line(job: _Job, rule: Rule, worked: int, charged: int, rate: int, percent: int) -> Line:
    amount = rounded(charged * rate * percent, 100 * HOUR)
    return Line(job.day, job.case, job.kind, rule, worked, charged, rate, percent, amount)


def _free(job: _Job, rule: Rule, value: int = 0) -> Line:
    return Line(job.day, job.case, job.kind, rule, job.within + job.after, 0, 0, 0, 0, value)


class _Included:
    """The included minutes, month by month; the oldest go first."""

    def __init__(self, terms: Terms) -> None:
        self._all = terms.included_minutes is None
        self._monthly = (terms.included_minutes or 0) * MINUTE
        self._lives = terms.rollover_months
        self._next = _month(terms.valid_from)
        self._left: deque[list[int]] = deque()

    def take(self, day: date, wanted: int) -> int:
        """So much of what is wanted is included. Days come in order; before the agreement nothing is."""
        if self._all:
            return wanted
        month = _month(day)
        for begun in range(max(self._next, month - self._lives), month + 1):
            self._left.append([begun, self._monthly])
        self._next = max(self._next, month + 1)
        while self._left and self._left[0][0] < month - self._lives:
            self._left.popleft()
        taken = 0
        for bucket in self._left:
            part = min(bucket[1], wanted - taken)
            bucket[1] -= part
            taken += part
        return taken


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
