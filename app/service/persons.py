"""Finds the person whom the owner means, and what hangs on them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.domain.customer import Customer
from app.domain.erasure import NAMING, names_told, persons_in
from app.domain.events import ContactTold, Event, Stream
from app.domain.people import Role
from app.domain.streams import fold
from app.service.errors import SeveralPeopleError, UnknownPersonError
from app.service.tables import devices, events, people

_SHORTEST_ID = 8
_MOST_LISTED = 50


class Person(NamedTuple):
    """Somebody the service knows."""

    id: UUID
    role: Role
    name: str
    made_at: datetime
    revoked_at: datetime | None

    @property
    def is_customer(self) -> bool:
        """Whether this is a customer, and nobody of the shop."""
        return self.role is Role.CUSTOMER

    @property
    def line(self) -> str:
        """The person in a line, to tell them from others of the name."""
        gone = "" if self.revoked_at is None else f", out since {self.revoked_at:%Y-%m-%d}"
        return f"{self.id}  {self.name}, {self.role.value} since {self.made_at:%Y-%m-%d}{gone}"


def find_person(connection: Connection, untrusted_name: str) -> Person:
    """The one person who goes by this name, id, or start of an id (8 characters or more).

    Raises `UnknownPersonError`, or `SeveralPeopleError`, which lists them.
    """
    found = list(fitting(connection, untrusted_name.strip()))
    if not found:
        raise UnknownPersonError(untrusted_name)
    if len(found) > 1:
        raise SeveralPeopleError(untrusted_name, [person.line for person in found[:_MOST_LISTED]])
    return found[0]


def everybody(connection: Connection) -> Iterator[Person]:
    """All people; a relay is none."""
    query = select(people).where(people.c.role != Role.RELAY.value).order_by(people.c.made_at, people.c.id)
    for row in connection.execute(query):
        yield Person(row.id, Role(row.role), row.name, row.made_at, row.revoked_at)


def cases_of(connection: Connection, person: Person) -> tuple[UUID, ...]:
    """A customer's own cases, and the cards that they are on; for somebody of the shop, where they wrote or are named.

    Oldest first.
    """
    if person.is_customer:
        joined = (events.c.kind == "person_joined") & events.c.event.contains(str(person.id))
        which = (events.c.owner == person.id) | joined
    else:
        own = select(devices.c.id).where(devices.c.person == person.id)
        naming = events.c.kind.in_(sorted(NAMING))
        which = events.c.device.in_(own) | (naming & events.c.event.icontains(_in_json(person.name), autoescape=True))
    query = select(events.c.stream_id).where(which).group_by(events.c.stream_id)
    return tuple(connection.execute(query.order_by(func.min(events.c.version))).scalars())


def events_of(connection: Connection, case: UUID) -> list[tuple[int, bool, Event]]:
    """A case's events in order: version, whether its customer may read it, and the event."""
    query = select(events.c.version, events.c.customer_visible, events.c.event)
    rows = connection.execute(query.where(events.c.stream_id == case).order_by(events.c.version))
    return [(row.version, row.customer_visible, Event.model_validate_json(row.event)) for row in rows]


def is_named(event: Event, name: str) -> bool:
    """Whether the event tells this name of somebody of the shop, beside its author's."""
    return any(told.casefold() == name.strip().casefold() for told in names_told(event))


def naming(card: Sequence[Event], person: UUID, name: str) -> tuple[UUID, ...]:
    """Which events of a customer's card tell of this person; none where all of it does, since nobody else is on it."""
    customer = fold(Stream.CUSTOMER, card[0].stream_id, card)
    there = {entry.told.person for entry in customer.people} if isinstance(customer, Customer) else set()
    if not there - {person} - {erased.person for erased in customer.erased}:
        return ()
    return tuple(event.id for event in card if person in persons_in(event.body) or _is_contact(event, name))


def _is_contact(event: Event, name: str) -> bool:
    return isinstance(event.body, ContactTold) and event.body.name.casefold() == name.strip().casefold()


def fitting(connection: Connection, name: str) -> Iterator[Person]:
    """Everybody who goes by this name, id, or start of an id."""
    for person in everybody(connection):
        by_id = len(name) >= _SHORTEST_ID and str(person.id).startswith(name.lower())
        if by_id or person.name.casefold() == name.casefold():
            yield person


def _in_json(name: str) -> str:
    """The name as it stands in an event's JSON."""
    return json.dumps(name, ensure_ascii=False)[1:-1]
