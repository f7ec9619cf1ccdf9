"""What a case is: the fold of its events. The same code runs on every party's machine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any
from uuid import UUID

from app.domain import advice, choice, fix, handover
from app.domain import events as ev
from app.domain.altered import altered
from app.domain.consent import Consent
from app.domain.estimate import Estimate, add_estimate
from app.domain.finding import Finding
from app.domain.note import Note, add_note
from app.domain.people import Author, Role
from app.domain.place import Placed, add_place
from app.domain.price import Price, answer_price, tell_price
from app.domain.session import Session, end_all, end_session, offer_session, start_session
from app.domain.waiting import Waiting, waiting
from app.domain.work import Work, add_work

_TITLE = 80


class Status(StrEnum):
    """Where a case stands, in the words that both parties read."""

    NEW = "new"
    TAKEN = "taken"
    FOR_CUSTOMER = "waiting for the customer"
    FOR_VENDOR = "waiting for a vendor"
    FOR_COLLEAGUE = "waiting for a colleague"
    PROPOSED = "proposed solved"
    CLOSED = "closed"

    @property
    def is_under_way(self) -> bool:
        """Whether a technician has it and no solution is proposed."""
        return self in (Status.TAKEN, Status.FOR_CUSTOMER, Status.FOR_VENDOR, Status.FOR_COLLEAGUE)

    @property
    def awaits_customer(self) -> bool:
        """Whether nothing happens before the customer says something."""
        return self in (Status.FOR_CUSTOMER, Status.PROPOSED)


_AWAITED = {
    ev.Awaited.CUSTOMER: Status.FOR_CUSTOMER,
    ev.Awaited.VENDOR: Status.FOR_VENDOR,
    ev.Awaited.COLLEAGUE: Status.FOR_COLLEAGUE,
}


@dataclass(frozen=True)
class Case:
    """The whole of a case at one moment, made by `fold` alone.

    `device` is the key of the customer's machine: it stays the same whatever `machine`, its name, becomes.
    """

    id: UUID
    status: Status = Status.NEW
    about: str = ""
    machine: str = ""
    customer: Author | None = None
    technician: Author | None = None
    opened_at: datetime | None = None
    changed_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    report: str | None = None
    consents: tuple[Consent, ...] = ()
    notes: tuple[Note, ...] = ()
    work: tuple[Work, ...] = ()
    sessions: tuple[Session, ...] = ()
    solution: str = ""
    thanks: str = ""
    waiting: Waiting | None = None
    estimates: tuple[Estimate, ...] = ()
    handovers: tuple[handover.Handover, ...] = ()
    questions: tuple[advice.Question, ...] = ()
    choices: tuple[choice.Choice, ...] = ()
    earlier: tuple[UUID, ...] = ()
    fixes: tuple[fix.Fix, ...] = ()
    places: tuple[Placed, ...] = ()
    prices: tuple[Price, ...] = ()
    erased: tuple[ev.PersonErased, ...] = ()
    device: UUID | None = None
    timeline: tuple[ev.Event, ...] = field(default=(), repr=False)

    @property
    def is_begun(self) -> bool:
        """Whether the case was opened."""
        return self.opened_at is not None

    @property
    def title(self) -> str:
        """The first line of what the customer wrote, short enough for a list."""
        first = self.about.splitlines()[0] if self.about else ""
        return first if len(first) <= _TITLE else first[: _TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"

    @property
    def seconds_worked(self) -> float:
        """All raw time on the case, corrections applied, in seconds."""
        return sum(work.seconds for work in self.work)

    def session(self, session_id: UUID) -> Session | None:
        """The session with this id, or None."""
        return next((session for session in self.sessions if session.id == session_id), None)

    @property
    def waiting_session(self) -> Session | None:
        """The newest session that waits for a technician, or None."""
        return next((session for session in reversed(self.sessions) if session.is_waiting), None)

    @property
    def live_session(self) -> Session | None:
        """The newest session that a technician is in, or None."""
        return next((session for session in reversed(self.sessions) if session.is_live), None)

    @property
    def offer(self) -> handover.Handover | None:
        """The handover that waits for an answer, or None."""
        return next((one for one in reversed(self.handovers) if one.is_open), None)


def fold(case_id: UUID, events: Iterable[ev.Event]) -> Case:
    """The case that these events make. Order: confirmed by version, then pending by device sequence.

    A kind that is not known stands in the timeline and leaves the state as it was.
    """
    timeline = tuple(events)
    return altered(reduce(_apply, timeline, Case(case_id)), timeline=timeline)


def advance(case: Case, event: ev.Event) -> Case:
    """The case after one more event: what `fold` would make of all of them."""
    return altered(_apply(case, event), timeline=(*case.timeline, event))


def _apply(case: Case, event: ev.Event) -> Case:
    return altered(change(case, event), changed_at=event.at)


def change(case: Case, event: ev.Event) -> Case:
    """What the event does to the case, save that `changed_at` and the timeline stay: for lists, which fold many."""
    step = _STEPS.get(type(event.body))
    case = heard(case, event)
    return step(case, event, event.body) if step else case


def heard(case: Case, event: ev.Event) -> Case:
    """The case after the customer said something, where that was awaited; any other event leaves it as it was."""
    if case.status is not Status.FOR_CUSTOMER or not isinstance(event.body, _CUSTOMERS_WORDS):
        return case
    return _resumed(case, event) if event.author.role is Role.CUSTOMER else case


_Part = Callable[[Any, ev.Event, Any], Any]


def _part(name: str, step: _Part) -> Callable[[Case, ev.Event, Any], Case]:
    """A step that changes one part of the case, which another file knows all about."""
    return lambda case, event, body: altered(case, **{name: step(getattr(case, name), event, body)})


def _opened(case: Case, event: ev.Event, body: ev.CaseOpened) -> Case:
    return altered(
        case,
        about=body.about,
        machine=body.machine,
        device=event.device,
        customer=event.author,
        opened_at=event.at,
        status=Status.NEW,
    )


def _diagnostics(case: Case, _: ev.Event, body: ev.DiagnosticsShared) -> Case:
    return altered(case, findings=body.findings, report=body.report)


def _consent(case: Case, event: ev.Event, body: ev.ConsentGiven) -> Case:
    consent = Consent(at=event.at, shares_diagnostics=body.shares_diagnostics, grants=body.grants, price=body.price)
    return altered(case, consents=(*case.consents, consent))


def _withdrawn(case: Case, event: ev.Event, _: ev.ConsentWithdrawn) -> Case:
    consents = tuple(
        consent if consent.withdrawn_at else consent.model_copy(update={"withdrawn_at": event.at})
        for consent in case.consents
    )
    return altered(case, consents=consents)


def _taken(case: Case, event: ev.Event, _: ev.CaseTaken) -> Case:
    return altered(case, technician=event.author, status=Status.TAKEN, waiting=None)


def _waits(case: Case, event: ev.Event, body: ev.CaseWaits) -> Case:
    return altered(case, status=_AWAITED[body.awaited], waiting=waiting(event, body))


def _resumed(case: Case, *_: object) -> Case:
    return altered(case, status=Status.TAKEN, waiting=None) if case.waiting else case


def _handed_over(case: Case, event: ev.Event, body: ev.HandoverAccepted) -> Case:
    """It goes as it stands; a colleague who was awaited is there now."""
    moved = altered(case, technician=event.author, handovers=handover.accept(case.handovers, event, body))
    return _resumed(moved) if case.status is Status.FOR_COLLEAGUE else moved


def _came_back(case: Case, _: ev.Event, body: ev.CaseCameBack) -> Case:
    return altered(case, earlier=(*case.earlier, body.earlier))


def _proposed(case: Case, _: ev.Event, body: ev.SolutionProposed) -> Case:
    return altered(case, status=Status.PROPOSED, solution=body.text, waiting=None)


def _closed(case: Case, _: ev.Event, body: ev.CaseClosed) -> Case:
    return altered(case, status=Status.CLOSED, thanks=body.thanks, waiting=None)


def _reopened(case: Case, _: ev.Event, __: ev.CaseReopened) -> Case:
    return altered(case, status=Status.TAKEN if case.technician else Status.NEW, solution="", waiting=None)


def _price(case: Case, event: ev.Event, body: ev.CoverageDecided) -> Case:
    return altered(case, prices=tell_price(case.prices, event, body))


def _accepted(case: Case, _: ev.Event, body: ev.PriceAccepted) -> Case:
    return altered(case, prices=answer_price(case.prices, body.decision, accepted=True))


def _declined(case: Case, _: ev.Event, body: ev.PriceDeclined) -> Case:
    return altered(case, prices=answer_price(case.prices, body.decision, accepted=False))


def _erased(case: Case, event: ev.Event, body: ev.PersonErased) -> Case:
    """Nobody is left who could close it, where the customer went; where a technician did, a colleague can take it."""
    if event.author.role is not Role.OWNER:
        return case
    marked = altered(case, erased=(*case.erased, body))
    if body.role is Role.CUSTOMER:
        return altered(marked, status=Status.CLOSED, sessions=end_all(case.sessions, event), waiting=None)
    if case.technician is None or case.technician.id != body.person:
        return marked
    status = Status.NEW if case.status.is_under_way else case.status
    return altered(marked, technician=None, status=status, waiting=None)


_STEPS: dict[type, Callable[[Case, ev.Event, Any], Case]] = {
    ev.CaseOpened: _opened,
    ev.DiagnosticsShared: _diagnostics,
    ev.ConsentGiven: _consent,
    ev.ConsentWithdrawn: _withdrawn,
    ev.CaseTaken: _taken,
    ev.NoteAdded: _part("notes", add_note),
    ev.WorkRecorded: _part("work", add_work),
    ev.SessionOffered: _part("sessions", offer_session),
    ev.SessionStarted: _part("sessions", start_session),
    ev.SessionEnded: _part("sessions", end_session),
    ev.CaseWaits: _waits,
    ev.CaseResumed: _resumed,
    ev.EstimateGiven: _part("estimates", add_estimate),
    ev.HandoverOffered: _part("handovers", handover.offer),
    ev.HandoverAccepted: _handed_over,
    ev.HandoverDeclined: _part("handovers", handover.decline),
    ev.HandoverWithdrawn: _part("handovers", handover.withdraw),
    ev.ColleagueAsked: _part("questions", advice.ask),
    ev.ColleagueAnswered: _part("questions", advice.answer),
    ev.AlternativesOffered: _part("choices", choice.offer),
    ev.AlternativeChosen: _part("choices", choice.choose),
    ev.CaseCameBack: _came_back,
    ev.FixPlanned: _part("fixes", fix.plan),
    ev.FixDone: _part("fixes", fix.finish),
    ev.SolutionProposed: _proposed,
    ev.CaseClosed: _closed,
    ev.CaseReopened: _reopened,
    ev.ProblemPlaced: _part("places", add_place),
    ev.CoverageDecided: _price,
    ev.PriceAccepted: _accepted,
    ev.PriceDeclined: _declined,
    ev.PersonErased: _erased,
}

_CUSTOMERS_WORDS = (ev.NoteAdded, ev.DiagnosticsShared, ev.SessionOffered, ev.AlternativeChosen)
"""By which the customer answers. That a session began or ended says nothing."""
