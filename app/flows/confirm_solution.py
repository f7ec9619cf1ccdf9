"""The customer has the last word: fixed, or not fixed (rule 10)."""

from uuid import UUID

from app.domain.case import Case
from app.domain.events import Audience, CaseClosed, CaseReopened, Certainty, NoteAdded
from app.flows.party import Party
from app.flows.synchronise import send_soon


def confirm_solved(party: Party, case_id: UUID, thanks: str = "") -> Case:
    """It is fixed: the customer closes the case."""
    party.write(case_id, CaseClosed(thanks=thanks.strip()))
    send_soon(party)
    return party.store.case(case_id)


def say_not_fixed(party: Party, case_id: UUID, text: str) -> Case:
    """It is not fixed: the case is open again, with what the customer says."""
    party.write(case_id, CaseReopened(text=text))
    send_soon(party)
    return party.store.case(case_id)


def say_unsure(party: Party, case_id: UUID, text: str) -> Case:
    """The customer cannot tell yet (rule 1): the case stays as it is, and the technician reads so."""
    note = NoteAdded(text=text, certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER)
    party.write(case_id, note)
    send_soon(party)
    return party.store.case(case_id)
