"""Find out where a problem lies, and so whose it is, with what shows it, before money is spent (rule 5)."""

from uuid import UUID

from app.domain.events import Certainty, Event, Place, ProblemPlaced
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import A_LINE, remark, words
from app.system.translations import _


def place_problem(
    party: Party, case_id: UUID, place: Place, evidence: str, certainty: Certainty, name: str = ""
) -> Event:
    """Tell the customer where it lies. `evidence` is what shows it, or what was looked at where that is not known.

    `name` is the vendor's or the IT person's. Raises `RefusedError` on a closed case, and for a vendor without a name.
    """
    body = ProblemPlaced(
        place=place,
        evidence=words(evidence, _("Say what shows it: --because TEXT. The customer reads it.")),
        certainty=certainty,
        name=remark(name, A_LINE),
    )
    event = party.write(case_id, body)
    send_soon(party)
    return event
