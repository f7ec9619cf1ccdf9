"""A customer agrees to more, or to something else, on a case that is open already."""

from uuid import UUID

from app.domain.consent import Grants
from app.domain.events import ConsentGiven
from app.flows.party import Party
from app.flows.synchronise import send_soon


def give_consent(party: Party, case_id: UUID, grants: Grants, price: str) -> None:
    """Put on record what the customer agrees to from now on. `price` is the sentence that they saw."""
    shares = party.store.case(case_id).report is not None
    party.write(case_id, ConsentGiven(shares_diagnostics=shares, grants=grants, price=price))
    send_soon(party)
