"""The shop's customers: their cards, their machines, and what helps the next colleague (rules 2 and 3). Offline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.cards import card_of_person, cards_named
from app.domain.case import Case
from app.domain.customer import Customer, Entry
from app.domain.erasure import ERASED, former
from app.domain.people import Author, Role
from app.domain.reference import is_named
from app.flows.errors import NoSuchEntryError, UnknownCustomerError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.clock import new_id


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the customer's, known again by its key. `cases` counts those that came from it."""

    device: UUID
    name: str
    text: str
    cases: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """What is shown of a customer. `is_kept` tells that there is a card; else all is known from the cases alone.

    `usual` is who is offered first: whom the card names, or else who helped last.
    """

    card: Customer
    name: str
    is_kept: bool
    machines: tuple[Machine, ...]
    cases: tuple[Case, ...]
    usual: str


def list_customers(party: Party) -> tuple[Customer, ...]:
    """All cards, by name."""
    return tuple(sorted((card for card in cards(party) if not card.is_gone), key=lambda card: card.name.casefold()))


def cards(party: Party, person: UUID | None = None) -> tuple[Customer, ...]:
    """All cards, those of erased customers too, in the order in which they came; or those that tell of this person."""
    return tuple(card for card in party.store.states(ev.Stream.CUSTOMER, person) if isinstance(card, Customer))


def named_customer(party: Party, untrusted_name: str) -> Customer:
    """The card that a person means; for somebody who asked for help and has none, an empty one with them on it.

    Raises `UnknownCustomerError`.
    """
    found = cards_named(cards(party), untrusted_name)
    if len(found) > 1:
        raise UnknownCustomerError(untrusted_name, [f"{card.id}  {card.name}" for card in found])
    if found:
        return found[0]
    people = {person.id: person for person in _askers(party, untrusted_name)}
    if len(people) != 1:
        raise UnknownCustomerError(untrusted_name, [f"{person.id}  {person.name}" for person in people.values()])
    (person,) = people.values()
    return card_of_person(cards(party, person.id), person.id) or _unwritten(party, person)


def customer_of(party: Party, case: Case) -> Customer | None:
    """The card of whoever opened the case, or None."""
    person = case.customer
    return None if person is None else card_of_person(cards(party, person.id), person.id)


def cases_of(party: Party, card: Customer) -> tuple[Case, ...]:
    """The cases of all people on the card, the last changed first. Only cases of their names are folded."""
    people = {entry.told.person for entry in card.people}
    names = {former(Role.CUSTOMER) if entry.told.name == ERASED else entry.told.name for entry in card.people}
    found = (party.store.case(row.id) for row in party.store.cases() if row.customer in names)
    return tuple(case for case in found if case.customer is not None and case.customer.id in people)


def brief_of(card: Customer) -> CustomerView:
    """What the card alone tells: quick, for whoever opens a case."""
    return _view(card, ())


def view_of(party: Party, card: Customer) -> CustomerView:
    """The card with what follows from the cases."""
    return _view(card, cases_of(party, card))


def _view(card: Customer, own: tuple[Case, ...]) -> CustomerView:
    return CustomerView(
        card=card,
        name=card.name or next((entry.told.name for entry in card.people), ""),
        is_kept=card.is_begun,
        machines=_machines(card, own),
        cases=own,
        usual=_usual(card, own),
    )


def add_customer(party: Party, name: str, relation: ev.Relation, case: Case | None = None) -> Customer:
    """Keep a card of a new customer; of whoever opened this case, where one is named.

    Raises `RefusedError`, and `UnknownCustomerError` where somebody goes by that name already.
    """
    known = [card for card in cards_named(cards(party), name) if card.name.casefold() == name.strip().casefold()]
    if known:
        raise UnknownCustomerError(name, [f"{card.id}  {card.name} (there already)" for card in known])
    person = case.customer if case else None
    card = _begin(party, name, relation, person)
    send_soon(party)
    return card


def tell(party: Party, card: Customer, body: ev.Body) -> ev.Event:
    """Write this on the card; where there is none yet, it begins with whoever asked for help. Raises `RefusedError`."""
    event = party.write_beside(ev.Stream.CUSTOMER, _kept(party, card).id, body)
    send_soon(party)
    return event


def rename(party: Party, card: Customer, name: str | None, relation: ev.Relation | None) -> ev.Event:
    """Another name, another relation, or both. What it is based on goes along, so that two changes at once are seen."""
    card = _kept(party, card)
    based_on = tuple(edition.id for edition in card.profiles.latest)
    body = ev.CustomerChanged(name=name or card.name, relation=relation or card.relation, based_on=based_on)
    return tell(party, card, body)


def named_entry(card: Customer, untrusted_name: str) -> UUID:
    """The entry of the card that a person means by its short name or id. Raises `NoSuchEntryError`."""
    told = (card.people, card.contacts, card.machines, card.uses, card.notes)
    names = [entry.id for some in told for entry in some]
    found = [name for name in names if is_named(untrusted_name, name)]
    if len(found) != 1:
        raise NoSuchEntryError(untrusted_name)
    return found[0]


def named_technician(party: Party, untrusted_name: str) -> Author:
    """A technician of whom a case here tells, or this one. Raises `NoSuchEntryError`."""
    wanted = untrusted_name.strip().casefold()
    if wanted in ("me", party.me.name.casefold()):
        return party.me
    for row in party.store.cases():
        if row.technician_id and row.technician and row.technician.casefold() == wanted:
            return party.me.model_copy(update={"id": row.technician_id, "name": row.technician})
    raise NoSuchEntryError(untrusted_name)


def _kept(party: Party, card: Customer) -> Customer:
    """The card; a new one where there is only somebody who asked for help."""
    if card.is_begun:
        return card
    person = card.people[0].author
    return _begin(party, person.name, ev.Relation.EXTERNAL, person)


def _begin(party: Party, name: str, relation: ev.Relation, person: Author | None) -> Customer:
    """The card of somebody who asked for help has their id: two who begin it at once begin one card."""
    card_id = person.id if person else new_id()
    party.write_beside(ev.Stream.CUSTOMER, card_id, ev.CustomerAdded(name=name, relation=relation))
    if person:
        party.write_beside(ev.Stream.CUSTOMER, card_id, ev.PersonJoined(person=person.id, name=person.name))
    card = party.store.state(ev.Stream.CUSTOMER, card_id)
    assert isinstance(card, Customer)  # noqa: S101 - that is what the stream folds into
    return card


def _askers(party: Party, untrusted_name: str) -> Iterable[Author]:
    """Whoever of this name or id has opened a case."""
    wanted = untrusted_name.strip().casefold()
    for row in party.store.cases():
        if row.customer.casefold() == wanted or _is_id(wanted):
            customer = party.store.case(row.id).customer
            if customer is not None and wanted in (customer.name.casefold(), str(customer.id)):
                yield customer


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _unwritten(party: Party, person: Author) -> Customer:
    """The card that could be kept of somebody who asked for help."""
    joined = ev.PersonJoined(person=person.id, name=person.name)
    return Customer(person.id, people=(Entry(person.id, party.clock.now(), person, joined),))


def _machines(card: Customer, cases: tuple[Case, ...]) -> tuple[Machine, ...]:
    """Those that the card tells of and those that asked for help, by their key: the name alone says nothing."""
    told = {entry.told.device: entry.told for entry in card.machines}
    devices = dict.fromkeys([*told, *(case.device for case in cases if case.device)])
    return tuple(_machine(device, told.get(device), cases) for device in devices)


def _machine(device: UUID, told: ev.MachineTold | None, cases: tuple[Case, ...]) -> Machine:
    own = [case for case in cases if case.device == device]
    name = told.name if told else own[0].machine
    return Machine(device, name, told.text if told else "", len(own), own[0].opened_at if own else None)


def _usual(card: Customer, cases: tuple[Case, ...]) -> str:
    if card.usual:
        return card.usual.name
    return next((case.technician.name for case in cases if case.technician), "")
