"""What a customer is to the shop: the fold of the events of its card. The same code runs on every party's machine."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from app.domain import events as ev
from app.domain.editions import Editions
from app.domain.people import Author, Role
from app.domain.records import Record

Told = TypeVar("Told", bound=Record)


@dataclass(frozen=True, slots=True)
class Profile:
    """By what name the customer goes, and what it is to the shop."""

    name: str
    relation: ev.Relation


@dataclass(frozen=True, slots=True)
class Entry(Generic[Told]):
    """Something that was told of a customer, as it stands now. `id` is the newest event's; `at` is UTC."""

    id: UUID
    at: datetime
    author: Author
    told: Told


@dataclass(frozen=True, slots=True)
class Customer:
    """The whole card of a customer at one moment, made by a fold alone.

    `agreements` are those agreed on, each with the day from which it holds, in the order of the log.
    """

    id: UUID
    profiles: Editions[Profile] = field(default_factory=Editions)
    people: tuple[Entry[ev.PersonJoined], ...] = ()
    contacts: tuple[Entry[ev.ContactTold], ...] = ()
    machines: tuple[Entry[ev.MachineTold], ...] = ()
    uses: tuple[Entry[ev.UseTold], ...] = ()
    notes: tuple[Entry[ev.CustomerNoted], ...] = ()
    care: Entry[ev.CareMarked] | None = None
    usual: ev.UsualTechnicianNamed | None = None
    agreements: tuple[tuple[date, UUID], ...] = ()
    erased: tuple[ev.PersonErased, ...] = ()
    changed_at: datetime | None = None
    timeline: tuple[ev.Event, ...] = field(default=(), repr=False)

    @property
    def is_begun(self) -> bool:
        """Whether there is such a card."""
        return bool(self.profiles.all)

    @property
    def name(self) -> str:
        """By what name the customer goes."""
        return self.profiles.current.value.name if self.profiles.current else ""

    @property
    def relation(self) -> ev.Relation:
        """What the customer is to the shop."""
        return self.profiles.current.value.relation if self.profiles.current else ev.Relation.EXTERNAL

    @property
    def is_gone(self) -> bool:
        """Whether all that the card told went with the person whom it was about."""
        return any(erased.role is Role.CUSTOMER and not erased.named for erased in self.erased)

    def agreement_on(self, day: date) -> UUID | None:
        """Which agreement holds on this day: of those that began by then the one agreed last, or None."""
        return next((agreement for since, agreement in reversed(self.agreements) if since <= day), None)


def change(customer: Customer, event: ev.Event) -> Customer:
    """What the event does to the card. A kind that is not known leaves it as it was."""
    step = _STEPS.get(type(event.body))
    return step(customer, event, event.body) if step else customer


def _added(customer: Customer, event: ev.Event, body: ev.CustomerAdded) -> Customer:
    return replace(customer, profiles=customer.profiles.add(event, Profile(body.name, body.relation)))


def _changed(customer: Customer, event: ev.Event, body: ev.CustomerChanged) -> Customer:
    profile = Profile(body.name, body.relation)
    return replace(customer, profiles=customer.profiles.add(event, profile, body.based_on))


def _joined(customer: Customer, event: ev.Event, body: ev.PersonJoined) -> Customer:
    others = tuple(entry for entry in customer.people if entry.told.person != body.person)
    return replace(customer, people=(*others, _entry(event, body)))


def _contact(customer: Customer, event: ev.Event, body: ev.ContactTold) -> Customer:
    return replace(customer, contacts=_with(customer.contacts, event, body, body.corrects))


def _machine(customer: Customer, event: ev.Event, body: ev.MachineTold) -> Customer:
    earlier = next((entry.id for entry in customer.machines if entry.told.device == body.device), None)
    return replace(customer, machines=_with(customer.machines, event, body, earlier))


def _use(customer: Customer, event: ev.Event, body: ev.UseTold) -> Customer:
    return replace(customer, uses=_with(customer.uses, event, body, body.corrects))


def _noted(customer: Customer, event: ev.Event, body: ev.CustomerNoted) -> Customer:
    return replace(customer, notes=_with(customer.notes, event, body, body.corrects))


def _care(customer: Customer, event: ev.Event, body: ev.CareMarked) -> Customer:
    return replace(customer, care=_entry(event, body) if body.care else None)


def _usual(customer: Customer, _: ev.Event, body: ev.UsualTechnicianNamed) -> Customer:
    return replace(customer, usual=body if body.technician else None)


def _removed(customer: Customer, _: ev.Event, body: ev.EntryRemoved) -> Customer:
    return replace(
        customer,
        people=_without(customer.people, body.entry),
        contacts=_without(customer.contacts, body.entry),
        machines=_without(customer.machines, body.entry),
        uses=_without(customer.uses, body.entry),
        notes=_without(customer.notes, body.entry),
    )


def _agreed(customer: Customer, _: ev.Event, body: ev.AgreementAgreed) -> Customer:
    return replace(customer, agreements=(*customer.agreements, (body.since, body.agreement)))


def _erased(customer: Customer, event: ev.Event, body: ev.PersonErased) -> Customer:
    return replace(customer, erased=(*customer.erased, body)) if event.author.role is Role.OWNER else customer


def _entry(event: ev.Event, body: Told) -> Entry[Told]:
    return Entry(event.id, event.at, event.author, body)


def _with(
    entries: tuple[Entry[Told], ...], event: ev.Event, body: Told, corrects: UUID | None
) -> tuple[Entry[Told], ...]:
    """With one more, in the place of the one that it corrects, if that is there."""
    entry = _entry(event, body)
    if any(old.id == corrects for old in entries):
        return tuple(entry if old.id == corrects else old for old in entries)
    return (*entries, entry)


def _without(entries: tuple[Entry[Told], ...], gone: UUID) -> tuple[Entry[Told], ...]:
    return tuple(entry for entry in entries if entry.id != gone)


_STEPS: dict[type, Callable[[Customer, ev.Event, Any], Customer]] = {
    ev.CustomerAdded: _added,
    ev.CustomerChanged: _changed,
    ev.PersonJoined: _joined,
    ev.ContactTold: _contact,
    ev.MachineTold: _machine,
    ev.UseTold: _use,
    ev.CustomerNoted: _noted,
    ev.CareMarked: _care,
    ev.UsualTechnicianNamed: _usual,
    ev.EntryRemoved: _removed,
    ev.AgreementAgreed: _agreed,
    ev.PersonErased: _erased,
}
