"""When a shop is open, and how much of a stretch of time that is: right across nights, holidays and clock changes.

The wall clock of the agreement's time zone says when the shop opens; time itself is counted in UTC, so that an hour
that the clock skips or repeats is neither lost nor counted twice.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from app.domain.records import Record

_DAY_MINUTES = 24 * 60
_DAY = timedelta(days=1)
_FARTHEST = 366 * 5
"""How many days are looked through for opening hours before it is said that there are none."""


class Weekday(IntEnum):
    """A day of the week, as `date.weekday` counts."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class OpenHours(Record):
    """Open on this day of the week from `start` to `end`, minutes from midnight by the wall clock (1440: midnight)."""

    day: Weekday
    start: Annotated[int, Field(ge=0, lt=_DAY_MINUTES)]
    end: Annotated[int, Field(gt=0, le=_DAY_MINUTES)]

    @model_validator(mode="after")
    def _in_order(self) -> "OpenHours":
        if self.end <= self.start:
            raise ValueError("opening hours end after they start; past midnight they are two")
        return self


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Calendar:
    """The opening hours of one agreement. `zone` is its time zone; on a holiday nothing is open."""

    zone: ZoneInfo
    hours: tuple[OpenHours, ...]
    holidays: Container[date] = frozenset()
    _known: dict[date, tuple[Span, ...]] = field(default_factory=dict, repr=False, compare=False)

    def day_of(self, moment: datetime) -> date:
        """The date on the wall when this is."""
        return moment.astimezone(self.zone).date()

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """When it is open on this day, in order."""
        if day not in self._known:
            self._known[day] = () if day in self.holidays else tuple(self._spans(day))
        return self._known[day]

    def open_within(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The parts of this stretch in which it is open, in order. Moments are UTC."""
        day, last = self.day_of(start), self.day_of(end)
        while day <= last:
            for span in self.spans_of(day):
                part = Span(max(span.start, start), min(span.end, end))
                if part.start < part.end:
                    yield part
            day += _DAY

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """How long it is open in this stretch."""
        return sum((span.length for span in self.open_within(start, end)), timedelta())

    def is_open(self, moment: datetime) -> bool:
        """Whether it is open at this moment."""
        return any(span.start <= moment < span.end for span in self.spans_of(self.day_of(moment)))

    def after(self, start: datetime, open_time: timedelta, pauses: Sequence[Span] = ()) -> datetime | None:
        """When so much open time will have passed since `start`, that in `pauses` not counted; None where never.

        A clock that promises an answer runs so: in opening hours, and not while the customer is awaited.
        """
        left = open_time
        day = self.day_of(start)
        for _ in range(_FARTHEST if self.hours else 0):
            for span in self.spans_of(day):
                for part in without(Span(max(span.start, start), span.end), pauses):
                    if part.length >= left:
                        return part.start + left
                    left -= part.length
            day += _DAY
        return None

    def _spans(self, day: date) -> Iterator[Span]:
        """None overlaps the one before, whatever the clock did in the night."""
        before = datetime.min.replace(tzinfo=UTC)
        today = (hours for hours in self.hours if hours.day == day.weekday())
        for hours in sorted(today, key=lambda each: each.start):
            span = Span(max(before, self._moment(day, hours.start)), self._moment(day, hours.end))
            if span.start < span.end:
                before = span.end
                yield span

    def _moment(self, day: date, minutes: int) -> datetime:
        """A wall clock's time as a moment: the first of two where it is repeated, an hour on where it is skipped."""
        days, left = divmod(minutes, _DAY_MINUTES)
        return datetime.combine(day + days * _DAY, time(left // 60, left % 60), self.zone).astimezone(UTC)


def overlapping(hours: Sequence[OpenHours]) -> bool:
    """Whether two of these are open at the same time."""
    in_order = sorted(hours, key=lambda each: (each.day, each.start))
    return any(a.day == b.day and b.start < a.end for a, b in pairwise(in_order))


def without(span: Span, pauses: Sequence[Span]) -> Iterator[Span]:
    """What is left of the span where these are taken out of it, in order."""
    start = span.start
    for pause in sorted(pauses, key=lambda each: each.start):
        if pause.end <= start or pause.start >= span.end:
            continue
        if start < pause.start:
            yield Span(start, pause.start)
        start = max(start, pause.end)
    if start < span.end:
        yield Span(start, span.end)
