"""One case with its whole story, and what of it is not yet sent."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.case import Case
from app.domain.reference import reference
from app.flows.customers import CustomerView, brief_of, customer_of
from app.flows.party import Party
from app.flows.refused import can_be_amended
from app.flows.sentences import sentence
from app.store.records import Delivery, Settlement
from app.triage.suggest import Suggestion, suggest


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `at` is UTC; `refused` is the service's reason, or None.

    What was refused is `replaced` once it was written anew; until then it can be `amendable`, or else only discarded.
    """

    id: UUID
    at: datetime
    who: str
    sentence: str
    kind: str
    certainty: ev.Certainty | None
    audience: ev.Audience | None
    session: UUID | None
    pending: bool
    refused: str | None
    replaced: bool = False
    amendable: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a window or a command shows of a case. `customer` is their card, where one is kept."""

    case: Case
    reference: str
    timeline: tuple[Entry, ...]
    suggestion: Suggestion
    customer: CustomerView | None = None


def show_case(party: Party, case_id: UUID) -> CaseView:
    """The case as it stands on this machine: confirmed and pending, each marked."""
    case = party.store.case(case_id)
    delivery = party.store.delivery(case_id)
    entries = tuple(_entry(event, delivery.get(event.id)) for event in case.timeline)
    refused = tuple(
        replace(
            _entry(lost.event, delivery.get(lost.event.id)),
            replaced=not lost.is_open,
            amendable=lost.is_open and can_be_amended(party, lost.event),
        )
        for lost in party.store.refused_of(case_id)
        if lost.settlement is not Settlement.DISCARDED
    )
    card = customer_of(party, case)
    customer = brief_of(card) if card is not None else None
    return CaseView(case, reference(case_id), entries + refused, suggest(case.findings), customer)


def _entry(event: ev.Event, delivery: Delivery | None) -> Entry:
    body = event.body
    return Entry(
        id=event.id,
        at=event.at,
        who=event.author.name,
        sentence=sentence(event),
        kind=event.kind,
        certainty=body.certainty if isinstance(body, ev.NoteAdded | ev.SolutionProposed) else None,
        audience=body.audience if isinstance(body, ev.NoteAdded) else None,
        session=getattr(body, "session", None),
        pending=delivery is not None and delivery.is_pending,
        refused=delivery.reason if delivery is not None else None,
    )
