"""Handovers (rule 12): the case stays where it is until the colleague who was asked says yes, once."""

from datetime import datetime
from uuid import UUID

from app.domain.case import Case
from app.domain.events import Event, HandoverAccepted, HandoverDeclined, HandoverOffered, HandoverWithdrawn
from app.domain.handover import Handover, Outcome
from app.domain.refusals import refuse, require
from app.domain.rules.saying_no import Rule, require_mine, require_not_closed


def _offered(case: Case, event: Event, body: HandoverOffered, _: datetime) -> None:
    require_not_closed(case)
    require_mine(case, event, "Nobody has this case, so there is nothing to hand over: a colleague can take it.")
    require(body.to.casefold() != event.author.name.casefold(), "You have this case. Name the colleague who shall.")
    if case.offer is not None:
        refuse(f"This case is offered to {case.offer.to} already. Wait for the answer, or withdraw the offer.")


def _accepted(case: Case, event: Event, body: HandoverAccepted, _: datetime) -> None:
    require_not_closed(case)
    offer = _open(case, event, body.offer)
    require(offer.is_for(event.author), f"This handover is offered to {offer.to}, not to you.")
    if case.technician is None:
        refuse(f"{offer.author.name} has this case no more, and nobody else does. Take it.")
    still = case.technician.id == offer.author.id
    require(still, f"{case.technician.name} has this case now. Ask them for a handover.")


def _declined(case: Case, event: Event, body: HandoverDeclined, _: datetime) -> None:
    offer = _open(case, event, body.offer)
    require(offer.is_for(event.author), f"This handover is offered to {offer.to}, not to you.")


def _withdrawn(case: Case, event: Event, body: HandoverWithdrawn, _: datetime) -> None:
    offer = _open(case, event, body.offer)
    require(offer.author.id == event.author.id, f"{offer.author.name} made this offer, and only they withdraw it.")


def _open(case: Case, event: Event, offer_id: UUID) -> Handover:
    """The offer, if it still waits for an answer."""
    offer = next((one for one in case.handovers if one.id == offer_id), None)
    if offer is None:
        refuse("There is no such handover on this case.")
    if not offer.is_open:
        refuse(_ended(offer, event))
    return offer


def _ended(offer: Handover, event: Event) -> str:
    """Why nobody can answer this offer any more."""
    by = offer.answered_by or offer.author
    who = "You" if by.id == event.author.id else by.name
    return {
        Outcome.ACCEPTED: f"{who} took this case over already. A handover is accepted once.",
        Outcome.DECLINED: f"{who} declined this handover already. It takes another offer.",
    }.get(offer.outcome, f"{who} withdrew this offer, and kept the case.")


RULES: dict[type, Rule] = {
    HandoverOffered: _offered,
    HandoverAccepted: _accepted,
    HandoverDeclined: _declined,
    HandoverWithdrawn: _withdrawn,
}
