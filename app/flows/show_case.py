"""One case with its whole story, and what of it is not yet sent."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.domain import events as ev
from app.domain.agreement import Terms
from app.domain.case import Case, fold
from app.domain.certainty import unproven
from app.domain.people import Role
from app.domain.recurrence import CameBack
from app.domain.reference import reference
from app.domain.response import ResponseClock, response_clock
from app.flows.agreements import calendar_of, terms_at
from app.flows.customers import CustomerView, brief_of, customer_of
from app.flows.party import Party
from app.flows.recognise import perhaps_back
from app.flows.refused import can_be_amended
from app.flows.sentences import sentence
from app.store.records import Delivery, Settlement
from app.triage.suggest import Suggestion, suggest

_SURE = (ev.NoteAdded, ev.SolutionProposed, ev.ColleagueAnswered, ev.ProblemPlaced)
"""What carries its writer's certainty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `at` is UTC; `refused` is the service's reason, or None.

    What was refused is `replaced` once it was written anew; until then it can be `amendable`, or else only discarded.
    A solution `builds_on` what was not verified when it was proposed: the ids of notes and of answers.
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
    builds_on: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a window or a command shows of a case.

    `perhaps_back` are earlier cases that it may be again; `response` is None where nothing is promised, or it is not
    known what. `customer` is their card, where one is kept.
    """

    case: Case
    reference: str
    timeline: tuple[Entry, ...]
    suggestion: Suggestion
    perhaps_back: tuple[CameBack, ...] = ()
    response: ResponseClock | None = None
    customer: CustomerView | None = None


def case_of(party: Party, case_id: UUID) -> Case:
    """The case as it stands on this machine."""
    return party.store.case(case_id)


def show_case(party: Party, case_id: UUID, terms: Terms | None = None) -> CaseView:
    """The case as it stands on this machine: confirmed and pending, each marked.

    `terms` are in place of those of the customer's agreement.
    """
    case = party.store.case(case_id)
    delivery = party.store.delivery(case_id)
    shown = tuple(event for event in case.timeline if _may_see(party, event))
    builds = _built_upon(case)
    entries = tuple(
        replace(_entry(event, delivery.get(event.id)), builds_on=builds.get(event.id, ())) for event in shown
    )
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
    terms = terms or terms_at(party, card, case.opened_at or party.clock.now())
    return CaseView(
        case,
        reference(case_id),
        entries + refused,
        suggest(case.findings),
        perhaps_back(party, case, terms) if _is_staff(party) else (),
        _response(case, terms, party.clock.now()) if terms else None,
        brief_of(card) if card is not None else None,
    )


def _is_staff(party: Party) -> bool:
    return party.settings.me is not None and party.settings.me.is_staff


def _may_see(party: Party, event: ev.Event) -> bool:
    """What is for the owner alone is shown to nobody else but its author, even where a copy of it is at hand."""
    me = party.settings.me
    return not ev.is_for_owner_only(event) or (me is not None and (me.id == event.author.id or me.role is Role.OWNER))


def _built_upon(case: Case) -> dict[UUID, tuple[UUID, ...]]:
    """For each solution that was proposed, what was not verified then."""
    return {
        event.id: tuple(one.id for one in unproven(fold(case.id, case.timeline[:place])))
        for place, event in enumerate(case.timeline)
        if isinstance(event.body, ev.SolutionProposed)
    }


def _response(case: Case, terms: Terms, now: datetime) -> ResponseClock | None:
    if terms.response_minutes is None:
        return None
    promised = timedelta(minutes=terms.response_minutes)
    return response_clock(case.timeline, promised, calendar_of(terms), now)


def _entry(event: ev.Event, delivery: Delivery | None) -> Entry:
    body = event.body
    return Entry(
        id=event.id,
        at=event.at,
        who=event.author.name,
        sentence=sentence(event),
        kind=event.kind,
        certainty=body.certainty if isinstance(body, _SURE) else None,
        audience=body.audience if isinstance(body, ev.NoteAdded) else None,
        session=getattr(body, "session", None),
        pending=delivery is not None and delivery.is_pending,
        refused=delivery.reason if delivery is not None else None,
    )
