"""The one place that knows where the terms between the shop and a customer come from."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.agreement import Terms
from app.domain.customer import Customer
from app.domain.events import Relation
from app.flows.agreement_file import read_agreement
from app.flows.agreements import terms_at
from app.flows.errors import NoAgreementError
from app.flows.party import Party


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds between the shop and a customer. In-house nobody pays, and money is not mentioned (rule 15)."""

    terms: Terms
    in_house: bool


def agreed_with(card: Customer | None, terms: Terms, *, in_house: bool = False) -> Agreed:
    """What holds with the customer of this card (None where there is none), under these terms.

    It is in-house where the card says so, where it is told here, and where no rate costs anything.
    """
    free = not (terms.hourly_rate or terms.special_rate or terms.travel_rate)
    return Agreed(terms, in_house or free or (card is not None and card.relation is Relation.IN_HOUSE))


def chosen_terms(party: Party, card: Customer | None, name: str, at: datetime, file: Path | None) -> Terms:
    """The terms in the file; without one, those of the customer's own agreement. `name` is what they are called.

    Raises `NoAgreementError`, `AgreementFileError` and `UnknownPlaceError`.
    """
    terms = terms_at(party, card, at) if file is None else read_agreement(file)
    if terms is None:
        raise NoAgreementError(name)
    return terms
