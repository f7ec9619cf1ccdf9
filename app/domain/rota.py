"""Who is on call when, and who is alerted for a request now, and why: someone is reachable at any hour (rule 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import model_validator

from app.domain.hours import Calendar, Span, without
from app.domain.people import Author
from app.domain.records import Record, ShortText, Utc


class Shift(Record):
    """Somebody is on call from `start` to just before `end`, in UTC. `technician` is their id."""

    technician: UUID
    name: ShortText
    start: Utc
    end: Utc

    @model_validator(mode="after")
    def _in_order(self) -> "Shift":
        if self.end <= self.start:
            raise ValueError("a shift ends after it starts")
        return self


class Why(StrEnum):
    """Why it is these who are alerted."""

    USUAL = "they know this customer"
    WITHIN_HOURS = "it is within hours"
    ON_CALL = "they are on call"
    NOBODY_ON_CALL = "it is after hours, and nobody is on call"


@dataclass(frozen=True, slots=True)
class Alert:
    """Who is alerted, the first first, and why. Never nobody where there is anybody."""

    people: tuple[UUID, ...]
    why: Why


def on_call(shifts: Iterable[Shift], at: datetime) -> tuple[Shift, ...]:
    """The shifts that this moment lies in, the one that began first before the others."""
    now = (shift for shift in shifts if shift.start <= at < shift.end)
    return tuple(sorted(now, key=lambda shift: (shift.start, shift.end, shift.technician.int)))


def alerted(
    staff: Iterable[Author], shifts: Iterable[Shift], calendar: Calendar, usual: UUID | None, at: datetime
) -> Alert:
    """Who is alerted for a request at this moment.

    Within hours all are, and first the one who knows the customer (rule 3). After hours those on call are, and where
    nobody is, everybody: a request that rings nowhere is the one mistake that cannot be mended.
    """
    everybody = tuple(person.id for person in staff if person.is_staff)
    if not calendar.is_open(at):
        there = tuple(dict.fromkeys(s.technician for s in on_call(shifts, at) if s.technician in everybody))
        return Alert(there, Why.ON_CALL) if there else Alert(everybody, Why.NOBODY_ON_CALL)
    if usual in everybody:
        return Alert((usual, *(person for person in everybody if person != usual)), Why.USUAL)
    return Alert(everybody, Why.WITHIN_HOURS)


def gaps(shifts: Iterable[Shift], calendar: Calendar, start: datetime, end: datetime) -> tuple[Span, ...]:
    """The stretches between these moments that are after hours and have nobody on call, in order."""
    reachable = [*calendar.open_within(start, end), *(Span(shift.start, shift.end) for shift in shifts)]
    return tuple(without(Span(start, end), reachable))
