"""Hand a case over: offered with its whole context, and moved only once the colleague says yes (rule 12).

What is typed for an offer is kept as a draft on this machine before anything else happens. It is let go of once the
offer is written; where that is refused, or the machine is switched off, it is there the next time.
"""

from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from app.domain.case import Case
from app.domain.erasure import names_told
from app.domain.events import Event, HandoverAccepted, HandoverDeclined, HandoverOffered, HandoverWithdrawn
from app.domain.handover import Handover
from app.domain.records import Record
from app.flows.errors import NothingOfferedError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import A_LINE, MOST_LETTERS, remark, words
from app.system.translations import _

_DRAFT = "handover"


class Draft(Record):
    """What a technician has written so far: to whom, what was tried, what is assumed, what to do next."""

    to: str = ""
    tried: str = ""
    assumed: str = ""
    next: str = ""

    def with_more(self, more: "Draft") -> "Draft":
        """This draft, where the other one says nothing else."""
        return self.model_copy(update={name: text for name, text in more.model_dump().items() if text})


@dataclass(frozen=True, slots=True)
class Offered:
    """A handover that waits for somebody's answer, and its case."""

    case: Case
    handover: Handover


def draft_of(party: Party, case_id: UUID) -> Draft:
    """The draft that is kept for this case, or an empty one."""
    try:
        return Draft.model_validate_json(party.store.draft(case_id, _DRAFT) or "{}")
    except ValidationError:  # another version of the program wrote it
        return Draft()


def keep_draft(party: Party, case_id: UUID, more: Draft) -> Draft:
    """Keep this on top of what was kept. Returns the whole draft. Raises `BadInputError` for too much."""
    more = Draft(
        to=remark(more.to, A_LINE),
        tried=remark(more.tried, MOST_LETTERS),
        assumed=remark(more.assumed, MOST_LETTERS),
        next=remark(more.next, MOST_LETTERS),
    )
    draft = draft_of(party, case_id).with_more(more)
    party.store.keep_draft(case_id, _DRAFT, draft.model_dump_json())
    return draft


def offer_handover(party: Party, case_id: UUID, more: Draft) -> Event:
    """Offer the case, with what is written here and in the draft.

    Raises `BadInputError` where something is missing and `RefusedError` where the rules say no; the draft is kept then.
    """
    draft = keep_draft(party, case_id, more)
    body = HandoverOffered(
        to=words(draft.to, _("Name the colleague whom you offer it to: bistand handover CASE NAME.")),
        tried=words(draft.tried, _("Say what was tried, so that nobody does it twice: --tried TEXT.")),
        assumed=draft.assumed,
        next=words(draft.next, _("Say what you would do next: --next TEXT. “I don't know” is fine.")),
    )
    event = party.write(case_id, body)
    party.store.keep_draft(case_id, _DRAFT, "")
    send_soon(party)
    return event


def accept_handover(party: Party, case_id: UUID) -> Event:
    """Take the case over. Raises `RefusedError` where it is not offered to one, or not any more."""
    event = party.write(case_id, HandoverAccepted(offer=_offer_of(party, case_id)))
    send_soon(party)
    return event


def decline_handover(party: Party, case_id: UUID, reason: str) -> Event:
    """Say no, and why. The case stays where it is. Raises `RefusedError` as above."""
    reason = words(reason, _("Say why, in a sentence: your colleague has to find somebody else."))
    event = party.write(case_id, HandoverDeclined(offer=_offer_of(party, case_id), reason=reason))
    send_soon(party)
    return event


def withdraw_handover(party: Party, case_id: UUID) -> Event:
    """Keep the case after all. Raises `RefusedError` as above."""
    event = party.write(case_id, HandoverWithdrawn(offer=_offer_of(party, case_id)))
    send_soon(party)
    return event


def offers_to_me(party: Party) -> tuple[Offered, ...]:
    """The cases on this machine that colleagues offer to this technician, the newest offer first."""
    offered = party.store.events_of_kind("handover_offered")
    ids = {event.stream_id for event in offered if party.me.name.casefold() in map(str.casefold, names_told(event))}
    cases = (party.store.case(case_id) for case_id in ids)
    found = [Offered(case, case.offer) for case in cases if case.offer is not None and case.offer.is_for(party.me)]
    return tuple(sorted(found, key=lambda one: one.handover.at, reverse=True))


def _offer_of(party: Party, case_id: UUID) -> UUID:
    """The offer that is open, or else the newest: the rules say what became of it."""
    case = party.store.case(case_id)
    if not case.handovers:
        raise NothingOfferedError
    return (case.offer or case.handovers[-1]).id
