"""What a case is: the fold of its events. The same code runs on every party's machine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any
from uuid import UUID

from app.domain import events as ev
from app.domain.consent import Consent
from app.domain.finding import Finding
from app.domain.note import Note, add_note
from app.domain.people import Author, Role
from app.domain.session import Session, end_all, end_session, offer_session, start_session
from app.domain.work import Work, add_work

_TITLE = 80


class Status(StrEnum):
    """Where a case stands, in the words that both parties read."""

    NEW = "new"
    TAKEN = "taken"
    PROPOSED = "proposed solved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
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


def fold(case_id: UUID, events: Iterable[ev.Event]) -> Case:
    """The case that these events make. Order: confirmed by version, then pending by device sequence.

    A kind that is not known stands in the timeline and leaves the state as it was.
    """
    timeline = tuple(events)
    return replace(reduce(_apply, timeline, Case(case_id)), timeline=timeline)


def advance(case: Case, event: ev.Event) -> Case:
    """The case after one more event: what `fold` would make of all of them."""
    return replace(_apply(case, event), timeline=(*case.timeline, event))


def _apply(case: Case, event: ev.Event) -> Case:
    return replace(change(case, event), changed_at=event.at)


def change(case: Case, event: ev.Event) -> Case:
    """What the event does to the case, save that `changed_at` and the timeline stay: for lists, which fold many."""
    step = _STEPS.get(type(event.body))
    return step(case, event, event.body) if step else case


def _opened(case: Case, event: ev.Event, body: ev.CaseOpened) -> Case:
    return replace(
        case,
        about=body.about,
        machine=body.machine,
        device=event.device,
        customer=event.author,
        opened_at=event.at,
        status=Status.NEW,
    )


def _diagnostics(case: Case, _: ev.Event, body: ev.DiagnosticsShared) -> Case:
    return replace(case, findings=body.findings, report=body.report)


def _consent(case: Case, event: ev.Event, body: ev.ConsentGiven) -> Case:
    consent = Consent(at=event.at, shares_diagnostics=body.shares_diagnostics, grants=body.grants, price=body.price)
    return replace(case, consents=(*case.consents, consent))


def _withdrawn(case: Case, event: ev.Event, _: ev.ConsentWithdrawn) -> Case:
    consents = tuple(
        consent if consent.withdrawn_at else consent.model_copy(update={"withdrawn_at": event.at})
        for consent in case.consents
    )
    return replace(case, consents=consents)


def _taken(case: Case, event: ev.Event, _: ev.CaseTaken) -> Case:
    return replace(case, technician=event.author, status=Status.TAKEN)


def _note(case: Case, event: ev.Event, body: ev.NoteAdded) -> Case:
    return replace(case, notes=add_note(case.notes, event, body))


def _work(case: Case, event: ev.Event, body: ev.WorkRecorded) -> Case:
    return replace(case, work=add_work(case.work, event, body))


def _offered(case: Case, event: ev.Event, body: ev.SessionOffered) -> Case:
    return replace(case, sessions=offer_session(case.sessions, event, body))


def _started(case: Case, event: ev.Event, body: ev.SessionStarted) -> Case:
    return replace(case, sessions=start_session(case.sessions, event, body))


def _ended(case: Case, event: ev.Event, body: ev.SessionEnded) -> Case:
    return replace(case, sessions=end_session(case.sessions, event, body))


def _proposed(case: Case, _: ev.Event, body: ev.SolutionProposed) -> Case:
    return replace(case, status=Status.PROPOSED, solution=body.text)


def _closed(case: Case, _: ev.Event, body: ev.CaseClosed) -> Case:
    return replace(case, status=Status.CLOSED, thanks=body.thanks)


def _reopened(case: Case, _: ev.Event, __: ev.CaseReopened) -> Case:
    return replace(case, status=Status.TAKEN if case.technician else Status.NEW, solution="")


def _erased(case: Case, event: ev.Event, body: ev.PersonErased) -> Case:
    """Nobody is left who could close it, where the customer went; where a technician did, a colleague can take it."""
    if event.author.role is not Role.OWNER:
        return case
    marked = replace(case, erased=(*case.erased, body))
    if body.role is Role.CUSTOMER:
        return replace(marked, status=Status.CLOSED, sessions=end_all(case.sessions, event))
    if case.technician is None or case.technician.id != body.person:
        return marked
    return replace(marked, technician=None, status=Status.NEW if case.status is Status.TAKEN else case.status)


_STEPS: dict[type, Callable[[Case, ev.Event, Any], Case]] = {
    ev.CaseOpened: _opened,
    ev.DiagnosticsShared: _diagnostics,
    ev.ConsentGiven: _consent,
    ev.ConsentWithdrawn: _withdrawn,
    ev.CaseTaken: _taken,
    ev.NoteAdded: _note,
    ev.WorkRecorded: _work,
    ev.SessionOffered: _offered,
    ev.SessionStarted: _started,
    ev.SessionEnded: _ended,
    ev.SolutionProposed: _proposed,
    ev.CaseClosed: _closed,
    ev.CaseReopened: _reopened,
    ev.PersonErased: _erased,
}
