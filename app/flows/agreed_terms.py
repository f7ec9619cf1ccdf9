"""The one place that knows where the terms between the shop and a customer come from."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.agreement import Terms
from app.domain.people import Author
from app.flows.agreement_file import read_agreement


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds between the shop and a customer. In-house nobody pays, and money is not mentioned (rule 15)."""

    terms: Terms
    in_house: bool


def agreed_with(_customer: Author, file: Path, *, in_house: bool = False) -> Agreed:
    """The terms with this customer: those in the file. Where no rate costs anything, it is in-house by itself.

    Raises `AgreementFileError` and `UnknownPlaceError`.
    """
    terms = read_agreement(file)
    free = not (terms.hourly_rate or terms.special_rate or terms.travel_rate)
    return Agreed(terms, in_house or free)
