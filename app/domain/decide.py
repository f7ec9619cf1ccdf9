"""Who may do what, in which state. The desk asks before it writes, the service asks again before it accepts."""

from datetime import datetime, timedelta

from app.domain import events as ev
from app.domain.case import Case, Status
from app.domain.decide_price import check_price
from app.domain.decide_work import check_corrected_work
from app.domain.people import Role
from app.domain.refusals import check_clock, refuse, require
from app.domain.rules import handover, placing, recurrence, talk, waiting
from app.domain.rules.saying_no import require_mine, require_not_closed

CLOCK_SLACK = timedelta(minutes=5)
"""How far a device's clock may run ahead before its work counts as being in the future."""

_CUSTOMERS_OWN = (
    ev.CaseOpened,
    ev.DiagnosticsShared,
    ev.ConsentGiven,
    ev.ConsentWithdrawn,
    ev.SessionOffered,
    ev.SessionStarted,
    ev.CaseClosed,
    ev.CaseReopened,
    ev.AlternativeChosen,
    ev.PriceAccepted,
    ev.PriceDeclined,
)
_RULES = {**waiting.RULES, **handover.RULES, **talk.RULES, **recurrence.RULES, **placing.RULES}
_STAFFS_OWN = (
    ev.CaseTaken,
    ev.WorkRecorded,
    ev.SolutionProposed,
    ev.CoverageDecided,
    ev.LineCrossed,
    *(kind for kind in _RULES if kind not in _CUSTOMERS_OWN),
)


def decide(case: Case, event: ev.Event, now: datetime) -> None:
    """Let the event pass, or raise `RefusedError` with a sentence for the person who tried it.

    `now` is the clock (UTC) of whoever asks.
    """
    if event.stream is not ev.Stream.CASE or event.stream_id != case.id:
        refuse("That event does not belong to this case.")
    check_clock(event, now)
    _check_existence(case, event)
    _check_role(case, event)
    _check_state(case, event, now)
    check_price(case, event.body)


def _check_existence(case: Case, event: ev.Event) -> None:
    opens = isinstance(event.body, ev.CaseOpened)
    if opens and case.opened_at is not None:
        refuse("This case is already open.")
    if not opens and case.opened_at is None:
        refuse("There is no such case.")


def _check_role(case: Case, event: ev.Event) -> None:
    by_customer = event.author.role is Role.CUSTOMER
    if isinstance(event.body, ev.PersonErased):
        refuse("No device erases a person. The owner does, at the service: bistand admin erase.")
    if isinstance(event.body, ev.LineFollowedUp) and event.author.role is not Role.OWNER:
        refuse("Only the owner tells what was done about a crossed line.")
    if not (by_customer or event.author.is_staff):
        refuse("Only people write into a case.")
    if isinstance(event.body, _CUSTOMERS_OWN) and not by_customer:
        if isinstance(event.body, ev.CaseClosed):
            refuse("Only the customer closes a case. Propose a solution, and they will be asked.")
        refuse("Only the customer can do this.")
    if isinstance(event.body, _STAFFS_OWN) and by_customer:
        refuse("Only a technician can do this.")
    if by_customer and case.customer is not None and case.customer.id != event.author.id:
        refuse("This is somebody else's case.")
    if by_customer and isinstance(event.body, ev.NoteAdded) and event.body.audience is not ev.Audience.CUSTOMER:
        refuse("An internal note is for technicians.")
    if isinstance(event.body, ev.NoteAdded):
        _check_correction(case, event, event.body)


def _check_correction(case: Case, event: ev.Event, body: ev.NoteAdded) -> None:
    """Neither side puts words into the other's mouth."""
    corrected = next((note for note in case.notes if note.id == body.corrects), None)
    require(
        corrected is None or corrected.author.is_staff == event.author.is_staff,
        "That note is not yours to correct. Write one of your own.",
    )


def _check_state(case: Case, event: ev.Event, now: datetime) -> None:
    match event.body:
        case ev.CaseTaken():
            _check_taking(case, event)
        case ev.WorkRecorded() as work:
            _check_work(work, now)
            check_corrected_work(case, event, work)
        case ev.SolutionProposed():
            _check_proposal(case, event)
        case ev.CaseClosed():
            require(case.status is not Status.CLOSED, "This case is closed already.")
        case ev.CaseReopened():
            require(case.status in (Status.PROPOSED, Status.CLOSED), "This case is still open.")
        case ev.SessionOffered():
            require(case.status is not Status.CLOSED, "This case is closed. Reopen it first.")
        case ev.SessionEnded() as end:
            _check_end(case, event, end)
        case body if type(body) in _RULES:
            _RULES[type(body)](case, event, body, now)


def _check_end(case: Case, event: ev.Event, body: ev.SessionEnded) -> None:
    """A technician tells of the end of their own sessions, not of a colleague's."""
    session = case.session(body.session)
    if event.author.role is Role.TECHNICIAN and session is not None and session.started_at is not None:
        mine = session.technician == event.author.name
        require(mine, f"{session.technician} is in that session. They, the customer or the owner can end it.")


def _check_taking(case: Case, event: ev.Event) -> None:
    require(case.status is not Status.CLOSED, "This case is closed. Only the customer can reopen it.")
    if case.technician is None:
        return
    if case.technician.id == event.author.id:
        refuse("This case is yours already.")
    refuse(f"{case.technician.name} has this case already. Ask for a handover.")


def _check_work(work: ev.WorkRecorded, now: datetime) -> None:
    require(work.end > work.start, "Work must end after it starts.")
    require(work.end <= now + CLOCK_SLACK, "Work cannot lie in the future.")
    require(work.end - work.start <= timedelta(hours=24), "One piece of work is at most 24 hours. Split it.")


def _check_proposal(case: Case, event: ev.Event) -> None:
    require_not_closed(case, "This case is closed already.")
    require_mine(case, event, "Take the case before you propose a solution.")
