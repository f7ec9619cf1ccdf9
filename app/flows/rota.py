"""Someone is reachable at any hour (rule 4): who is on call when, and who is alerted for a request. Offline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.agreement_log import Agreement
from app.domain.case import Case
from app.domain.erasure import former
from app.domain.hours import Calendar, OpenHours, Span, Weekday
from app.domain.people import Author, Role
from app.domain.reference import is_named
from app.domain.rota import Alert, Shift, alerted, gaps, on_call
from app.domain.rota_log import ROTA, Planned, Rota
from app.flows.customers import customer_of
from app.flows.party import Party
from app.flows.rota_errors import UnknownShiftError, UnknownTechnicianError
from app.flows.synchronise import send_soon
from app.system.calendars import calendar_of, local_zone

_USUAL_DAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
_USUAL_HOURS = tuple(OpenHours(day=day, start=8 * 60, end=16 * 60) for day in _USUAL_DAYS)


@dataclass(frozen=True, slots=True)
class Alerted:
    """Who is alerted, and why. `agreement` is the one whose hours were asked; None: the shop's usual ones."""

    alert: Alert
    people: tuple[Author, ...]
    is_open: bool
    agreement: str | None
    shifts: tuple[Shift, ...]


def rota_of(party: Party) -> Rota:
    """The shop's rota as it stands here."""
    rota = party.store.state(ev.Stream.ROTA, ROTA)
    assert isinstance(rota, Rota)  # noqa: S101 - that is what the stream folds into
    return rota


def add_shift(party: Party, untrusted_name: str, start: datetime, end: datetime) -> ev.Event:
    """Plan a shift. Moments are UTC. Raises `UnknownTechnicianError`, and `RefusedError` where the rules say no."""
    person = named_technician(party, untrusted_name)
    body = ev.ShiftPlanned(technician=person.id, name=person.name, start=start, end=end)
    event = party.write_beside(ev.Stream.ROTA, ROTA, body)
    send_soon(party)
    return event


def remove_shift(party: Party, untrusted_name: str) -> Planned:
    """Take a shift away. Raises `UnknownShiftError`."""
    planned = rota_of(party).planned
    found = [each for each in planned if is_named(untrusted_name, each.id)]
    if len(found) != 1:
        raise UnknownShiftError(untrusted_name)
    party.write_beside(ev.Stream.ROTA, ROTA, ev.ShiftRemoved(shift=found[0].id))
    send_soon(party)
    return found[0]


def shifts_within(party: Party, start: datetime, end: datetime) -> tuple[Planned, ...]:
    """The shifts that lie in this stretch, whole or in part, the earliest first."""
    found = (each for each in rota_of(party).planned if each.shift.end > start and each.shift.start < end)
    return tuple(sorted(found, key=lambda each: (each.shift.start, each.shift.end, each.id)))


def gaps_within(party: Party, start: datetime, end: datetime) -> tuple[Span, ...]:
    """When, after the shop's usual hours, nobody is on call."""
    return gaps(rota_of(party).shifts, usual_hours(), start, end)


def alerted_for(party: Party, case_id: UUID | None, at: datetime) -> Alerted:
    """Who is alerted for a request at this moment (UTC): one on this case, or one of nobody in particular."""
    case = party.store.case(case_id) if case_id else None
    calendar, agreement = _hours_for(party, case, at)
    staff, rota = staff_of(party), rota_of(party)
    alert = alerted(staff, rota.shifts, calendar, _usual(party, case), at)
    by_id = {person.id: person for person in staff}
    people = tuple(by_id[person] for person in alert.people)
    return Alerted(alert, people, calendar.is_open(at), agreement, on_call(rota.shifts, at))


def usual_hours() -> Calendar:
    """When a shop is open of which no agreement says when: working days from 8 to 16, by this machine's clock."""
    return Calendar(local_zone(), _USUAL_HOURS)


def staff_of(party: Party) -> tuple[Author, ...]:
    """The technicians who are known on this device, by name: it has heard of whoever did anything."""
    gone = former(Role.TECHNICIAN)
    found = {person.id: person for person in _told_of(party) if person.is_staff and person.name != gone}
    return tuple(sorted(found.values(), key=lambda person: (person.name.casefold(), person.id)))


def named_technician(party: Party, untrusted_name: str) -> Author:
    """The one technician of this name; `me` is this device's. Raises `UnknownTechnicianError`."""
    wanted = untrusted_name.strip().casefold()
    staff = staff_of(party)
    found = [person for person in staff if wanted in (person.name.casefold(), str(person.id))]
    if wanted == "me":
        found = [party.me]
    if len(found) != 1:
        raise UnknownTechnicianError([untrusted_name], [person.name for person in staff])
    return found[0]


def _told_of(party: Party) -> Iterator[Author]:
    for row in party.store.cases():
        if row.technician_id and row.technician:
            yield Author(role=Role.TECHNICIAN, id=row.technician_id, name=row.technician)
    for stream in (ev.Stream.CUSTOMER, ev.Stream.ARTICLE, ev.Stream.ROTA):
        for state in party.store.states(stream):
            yield from (event.author for event in state.timeline if event.author.role is Role.TECHNICIAN)
    for shift in rota_of(party).shifts:
        yield Author(role=Role.TECHNICIAN, id=shift.technician, name=shift.name)
    yield party.me


def _hours_for(party: Party, case: Case | None, at: datetime) -> tuple[Calendar, str | None]:
    """The hours that the case's customer agreed on, with the agreement's name; else the shop's usual ones."""
    card = customer_of(party, case) if case else None
    name = card.agreement_on(at.date()) if card else None
    agreement = party.store.state(ev.Stream.AGREEMENT, name) if name else None
    terms = agreement.terms_on(at.date()) if isinstance(agreement, Agreement) else None
    return (calendar_of(terms), terms.name) if terms else (usual_hours(), None)


def _usual(party: Party, case: Case | None) -> UUID | None:
    """Who knows the customer: whom their card names, or else who took a case of theirs last (rule 3)."""
    if case is None or case.customer is None:
        return None
    card = customer_of(party, case)
    if card is not None and card.usual is not None:
        return card.usual.technician
    people = {entry.told.person for entry in card.people} if card else {case.customer.id}
    helped = (party.store.case(row.id) for row in party.store.cases() if row.technician_id)
    own = [each for each in helped if each.customer is not None and each.customer.id in people and each.technician]
    newest = max(own, key=lambda each: (each.opened_at is not None, each.opened_at), default=None)
    return newest.technician.id if newest and newest.technician else None
