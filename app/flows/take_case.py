"""A technician makes a case theirs."""

from uuid import UUID

from app.domain.case import Case
from app.domain.events import CaseTaken
from app.flows.party import Party
from app.flows.synchronise import send_soon


def take_case(party: Party, case_id: UUID) -> Case:
    """Take the case. Raises `RefusedError` where a colleague has it."""
    party.write(case_id, CaseTaken())
    send_soon(party)
    return party.store.case(case_id)
