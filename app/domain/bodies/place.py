"""Where a problem lies, and so whose it is: found first, with what shows it (rule 5)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import StringConstraints

from app.domain.bodies.case import Certainty
from app.domain.records import LongText, Record


class Place(StrEnum):
    """Where a problem can lie. "I don't know" is one of them (rule 1)."""

    COMPUTER = "this computer"
    NETWORK = "the network"
    PROVIDER = "the provider's service"
    VENDOR = "a vendor"
    OWN_IT = "the customer's own IT person"
    UNKNOWN = "not known yet"


class ProblemPlaced(Record):
    """A technician found where the problem lies. `evidence` is what shows it; the customer reads both.

    `name` says which vendor, or who their IT person is. A later one stands beside the earlier ones.
    """

    kind: Literal["problem_placed"] = "problem_placed"
    place: Place
    evidence: LongText
    certainty: Certainty
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
