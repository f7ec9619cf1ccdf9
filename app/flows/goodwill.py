"""The favours of a month: what was given away, what it would have cost, and what is left (rule 7). Offline."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.customer import Customer
from app.domain.ledger import Ledger, ledger
from app.flows.agreements import TermsOf, calendar_of
from app.flows.bill import pieces_of
from app.flows.customers import cases_of, list_customers
from app.flows.errors import NoAgreementError
from app.flows.party import Party


@dataclass(frozen=True, slots=True)
class Given:
    """What one customer was given in a month."""

    customer: Customer
    ledger: Ledger


def month_goodwill(party: Party, year: int, month: int, card: Customer | None = None) -> tuple[Given, ...]:
    """A month's favours: of this customer, or of all who were given any.

    Raises `NoAgreementError` where this customer has none: then nothing tells what a favour is worth.
    """
    if card is not None:
        given = _given(party, card, year, month)
        if given is None:
            raise NoAgreementError(card.name)
        return (given,)
    found = (_given(party, each, year, month) for each in list_customers(party))
    return tuple(given for given in found if given is not None and given.ledger.favours)


def _given(party: Party, card: Customer, year: int, month: int) -> Given | None:
    """By the terms that hold at the month's end, or today in the month that is under way."""
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    terms = TermsOf(party, card).at(min(end, party.clock.now()))
    if terms is None:
        return None
    return Given(card, ledger(pieces_of(cases_of(party, card)), terms, calendar_of(terms), year, month))
