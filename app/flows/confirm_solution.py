"""The customer has the last word: fixed, or not fixed (rule 10)."""

from uuid import UUID

from app.domain.case import Case, Status
from app.domain.errors import RefusedError
from app.domain.events import Audience, CaseClosed, CaseReopened, Certainty, NoteAdded
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import remark, words
from app.system.translations import _


def confirm_solved(party: Party, case_id: UUID, thanks: str = "") -> Case:
    """It is fixed: the customer closes the case."""
    party.write(case_id, CaseClosed(thanks=remark(thanks)))
    send_soon(party)
    return party.store.case(case_id)


def say_not_fixed(party: Party, case_id: UUID, text: str) -> Case:
    """It is not fixed: the case is open again, with what the customer says. A case that was open keeps it too."""
    if party.store.case(case_id).status not in (Status.PROPOSED, Status.CLOSED):
        return say_unsure(party, case_id, text)
    text = words(text, _("Say in a word or two what is still wrong. “I don't know” is fine."))
    party.write(case_id, CaseReopened(text=text))
    send_soon(party)
    return party.store.case(case_id)


def say_unsure(party: Party, case_id: UUID, text: str) -> Case:
    """The customer cannot tell yet (rule 1): the case stays as it is, and the technician reads so."""
    if party.me.is_staff:
        raise RefusedError(_("Only the customer says whether it is fixed."))
    text = words(text, _("Say in a word or two what you cannot tell yet."))
    note = NoteAdded(text=text, certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER)
    party.write(case_id, note)
    send_soon(party)
    return party.store.case(case_id)
