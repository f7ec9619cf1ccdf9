"""What the owner does with agreements: writes them, changes them, and gives them to customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.domain.agreement import Terms
from app.domain.agreement_log import Agreement
from app.domain.cards import cards_named
from app.domain.customer import Customer
from app.domain.events import AgreementAgreed, AgreementWritten, CustomerAdded, PersonJoined, Stream
from app.domain.reference import is_named, reference
from app.service.admin import opened
from app.service.agreement_errors import (
    CurrencyMixedError,
    EditionNeededError,
    NoSuchEditionError,
    SeveralCustomersError,
    UnknownCustomerError,
)
from app.service.notifier import LOG
from app.service.owners_pen import OwnersPen, state_of, states_of
from app.service.persons import fitting
from app.service.settings import ServiceSettings
from app.system.clock import Clock, SystemClock, new_id


@dataclass(frozen=True, slots=True)
class Imported:
    """The agreement as it stands now. `changed` tells that these terms are new, `customer` who has it from now on."""

    agreement: Agreement
    changed: bool
    customer: Customer | None


def import_agreement(
    settings: ServiceSettings,
    terms: Terms,
    based_on: Sequence[str] = (),
    customer: str | None = None,
    since: date | None = None,
    clock: Clock | None = None,
) -> Imported:
    """Write the terms as a new agreement, or as an edition of the one that goes by their name; all of it, or nothing.

    `based_on` names the editions that a change is of. The customer has it from `since`, or else from when the terms
    begin. Raises `RefusedError`, `EditionNeededError`, `NoSuchEditionError`, `CurrencyMixedError`, an error that names
    the customers, and what `opened` raises.
    """
    database = opened(settings)
    try:
        with database.write() as connection:
            work = _Import(connection, (clock or SystemClock()))
            done = work.run(terms, based_on, customer, since)
            database.announce(connection, LOG)
            return done
    finally:
        database.close()


def agreements(settings: ServiceSettings) -> tuple[tuple[Agreement, tuple[Customer, ...]], ...]:
    """All agreements, each with the customers who have it or are to have it."""
    database = opened(settings)
    try:
        with database.read() as connection:
            cards = _cards(connection)
            return tuple(
                (one, tuple(card for card in cards if any(name == one.id for _, name in card.agreements)))
                for one in _agreements(connection)
            )
    finally:
        database.close()


class _Import:
    """One import, in one transaction."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._pen = OwnersPen(connection, clock.now())

    def run(self, terms: Terms, based_on: Sequence[str], customer: str | None, since: date | None) -> Imported:
        known = next((one for one in _agreements(self._connection) if _goes_by(one, terms.name)), None)
        name = known.id if known else new_id()
        bases = _editions(known, based_on)
        changed = known is None or known.editions.collide or terms != known.terms
        if changed:
            if known is not None and not bases:
                raise EditionNeededError(terms.name, [reference(one.id) for one in known.editions.latest])
            self._pen.write(Stream.AGREEMENT, name, AgreementWritten(terms=terms, based_on=bases))
        card = self._give(customer, name, since or terms.valid_from, terms.currency) if customer else None
        agreement = state_of(self._connection, Stream.AGREEMENT, name)
        assert isinstance(agreement, Agreement)  # noqa: S101 - that is what the stream folds into
        return Imported(agreement, changed, card)

    def _give(self, untrusted_name: str, agreement: UUID, since: date, currency: str) -> Customer:
        card = self._card(untrusted_name)
        if not card.agreements or card.agreements[-1] != (since, agreement):
            self._check_currency(card, currency)
            self._pen.write(Stream.CUSTOMER, card.id, AgreementAgreed(agreement=agreement, since=since))
        changed = state_of(self._connection, Stream.CUSTOMER, card.id)
        return changed if isinstance(changed, Customer) else card

    def _check_currency(self, card: Customer, currency: str) -> None:
        """One customer's bills are in one currency."""
        had = {name for _, name in card.agreements}
        for one in _agreements(self._connection):
            if one.id in had and one.terms is not None and one.terms.currency != currency:
                raise CurrencyMixedError(card.name, one.terms.currency, currency)

    def _card(self, untrusted_name: str) -> Customer:
        """The customer's card; a new one for somebody who has asked for help and has none yet."""
        found = cards_named(_cards(self._connection), untrusted_name)
        if not found:
            return self._new_card(untrusted_name)
        if len(found) > 1:
            raise SeveralCustomersError(untrusted_name, [f"{card.id}  {card.name}" for card in found])
        return found[0]

    def _new_card(self, untrusted_name: str) -> Customer:
        known = fitting(self._connection, untrusted_name.strip())
        people = [each for each in known if each.is_customer and each.revoked_at is None]
        if not people:
            raise UnknownCustomerError(untrusted_name)
        if len(people) > 1:
            raise SeveralCustomersError(untrusted_name, [each.line for each in people])
        person = people[0]
        self._pen.write(Stream.CUSTOMER, person.id, CustomerAdded(name=person.name))
        self._pen.write(Stream.CUSTOMER, person.id, PersonJoined(person=person.id, name=person.name))
        made = state_of(self._connection, Stream.CUSTOMER, person.id)
        assert isinstance(made, Customer)  # noqa: S101 - that is what the stream folds into
        return made


def _agreements(connection: Connection) -> tuple[Agreement, ...]:
    return tuple(one for one in states_of(connection, Stream.AGREEMENT) if isinstance(one, Agreement))


def _cards(connection: Connection) -> tuple[Customer, ...]:
    return tuple(one for one in states_of(connection, Stream.CUSTOMER) if isinstance(one, Customer))


def _goes_by(agreement: Agreement, name: str) -> bool:
    return any(edition.value.name.casefold() == name.casefold() for edition in agreement.editions.latest)


def _editions(known: Agreement | None, untrusted_names: Sequence[str]) -> tuple[UUID, ...]:
    """The editions that go by these short names or ids."""
    found = []
    for name in untrusted_names:
        fitting = [edition.id for edition in (known.editions.all if known else ()) if is_named(name, edition.id)]
        if len(fitting) != 1:
            raise NoSuchEditionError(name)
        found.append(fitting[0])
    return tuple(dict.fromkeys(found))
