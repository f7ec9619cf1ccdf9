"""The one place that knows where the terms between the shop and a customer come from."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.agreement import Terms
from app.domain.customer import Customer
from app.domain.events import Relation
from app.flows.agreement_file import read_agreement


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds between the shop and a customer. In-house nobody pays, and money is not mentioned (rule 15)."""

    terms: Terms
    in_house: bool


def agreed_with(card: Customer | None, file: Path, *, in_house: bool = False) -> Agreed:
    """The terms with the customer of this card (None where there is none): those in the file.

    It is in-house where the card says so, where it is told here, and where no rate costs anything. Raises
    `AgreementFileError` and `UnknownPlaceError`.
    """
    terms = read_agreement(file)
    free = not (terms.hourly_rate or terms.special_rate or terms.travel_rate)
    return Agreed(terms, in_house or free or (card is not None and card.relation is Relation.IN_HOUSE))
