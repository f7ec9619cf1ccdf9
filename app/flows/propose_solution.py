"""A technician proposes that it is solved; the customer will be asked."""

from uuid import UUID

from app.domain.case import Case
from app.domain.certainty import usual_certainty
from app.domain.events import Certainty, SolutionProposed
from app.flows.errors import BadInputError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.translations import _


def propose_solution(
    party: Party, case_id: UUID, text: str, certainty: Certainty | None, replaces: UUID | None = None
) -> Case:
    """Say what solved it, and how sure one is. Raises `RefusedError` where the case is not one's own.

    No certainty is that of what it is built upon. `replaces` is the refused proposal that this one stands in for.
    """
    if not text.strip():
        raise BadInputError(_("Say in a sentence what solved it: the customer and the next colleague read it."))
    certainty = certainty or usual_certainty(party.store.case(case_id))
    party.write(case_id, SolutionProposed(text=text, certainty=certainty), replaces)
    send_soon(party)
    return party.store.case(case_id)
