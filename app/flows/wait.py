"""A case waits for somebody, and goes on (rule 9: the customer sees where it stands)."""

from uuid import UUID

from app.domain.events import Awaited, CaseResumed, CaseWaits, Event
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import remark, words
from app.system.translations import _


def wait_for(party: Party, case_id: UUID, awaited: Awaited, reason: str) -> Event:
    """Let the case wait. Raises `RefusedError` where it is not one's own."""
    reason = words(reason, _("Say in a sentence what it waits for: the customer and your colleagues read it."))
    event = party.write(case_id, CaseWaits(awaited=awaited, reason=reason))
    send_soon(party)
    return event


def go_on(party: Party, case_id: UUID, text: str = "") -> Event:
    """Go on with a case that waited. Raises `RefusedError`."""
    event = party.write(case_id, CaseResumed(text=remark(text)))
    send_soon(party)
    return event
