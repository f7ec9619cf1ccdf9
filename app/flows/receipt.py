"""The customer's receipt of a case: everything that was done on their machine, theirs to keep (rule 16)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.domain.case import Case, Status, fold
from app.domain.events import (
    AlternativeChosen,
    AlternativesOffered,
    Audience,
    CaseCameBack,
    CoverageDecided,
    EstimateGiven,
    FixDone,
    FixPlanned,
    PriceAccepted,
    PriceDeclined,
    ProblemPlaced,
    is_for_customer,
)
from app.domain.reference import reference
from app.domain.session import Session
from app.flows.deeds import QUIET, deed
from app.flows.errors import ReceiptNotWrittenError
from app.flows.party import Party
from app.flows.read_session import audit_of, proven_head
from app.flows.sentences import duration, sentence, session_summary
from app.system.paths import replace_file
from app.system.translations import _, language, resources

_TOLD = (
    ProblemPlaced,
    CoverageDecided,
    PriceAccepted,
    PriceDeclined,
    EstimateGiven,
    AlternativesOffered,
    AlternativeChosen,
    CaseCameBack,
    FixPlanned,
    FixDone,
)
"""What the customer was told or decided, beside notes: the receipt has it in the words of the timeline."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done. `time` is the customer's own time of day."""

    time: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SessionPart:
    """A session on the receipt. `head` is the audit's, signed by both ends; empty where it is not.

    `colleagues` names whoever else was in it.
    """

    technician: str
    colleagues: str
    summary: str
    head: str
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A note that was written for the customer, or what was told and decided on the way."""

    time: str
    who: str
    text: str


def save_receipt(party: Party, case_id: UUID, path: Path) -> None:
    """Write the receipt (HTML, one file, no scripts). Raises `ReceiptNotWrittenError`."""
    try:
        replace_file(path, receipt_html(party, case_id).encode())
    except OSError as error:
        raise ReceiptNotWrittenError(path, error.strerror or str(error)) from error


def receipt_html(party: Party, case_id: UUID) -> str:
    """The receipt as one HTML page. Whatever people or machines wrote stands in it as plain text.

    It is the customer's, whoever writes it: what technicians keep among themselves, internal time too, is not in it.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # slow to load, and a window opens without it

    case = fold(case_id, filter(is_for_customer, party.store.case(case_id).timeline))
    # Undefined names are our own mistakes and must not print as nothing.
    pages = Environment(
        loader=FileSystemLoader(resources() / "receipt"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return pages.get_template("receipt.html.jinja").render(
        _=_,
        language=language(),
        provider=party.settings.provider_name or "",
        reference=reference(case.id),
        made=f"{party.clock.now().astimezone():%Y-%m-%d %H:%M}",
        case=case,
        status=_status(case),
        worked=duration(case.seconds_worked) if case.work else "",
        shared=_shared(case),
        price=next((consent.price for consent in reversed(case.consents) if consent.price), ""),
        sessions=tuple(_session(party, session) for session in case.sessions if session.started_at),
        messages=_messages(case),
    )


def _messages(case: Case) -> tuple[Message, ...]:
    """In the order in which they were written; of a note that was corrected, the newest text."""
    notes = [(note.at, note.author.name, note.text) for note in case.notes if note.audience is Audience.CUSTOMER]
    told = [(event.at, event.author.name, sentence(event)) for event in case.timeline if isinstance(event.body, _TOLD)]
    return tuple(Message(_clock(at), who, text) for at, who, text in sorted(notes + told, key=lambda one: one[0]))


def _status(case: Case) -> str:
    return {
        Status.NEW: _("waiting for a technician"),
        Status.TAKEN: _("being worked on"),
        Status.FOR_CUSTOMER: _("waiting for you"),
        Status.FOR_VENDOR: _("waiting for a vendor"),
        Status.FOR_COLLEAGUE: _("waiting for a colleague of your technician's"),
        Status.PROPOSED: _("proposed solved; you have the last word"),
        Status.CLOSED: _("solved, confirmed by you"),
    }[case.status]


def _shared(case: Case) -> str:
    if not case.report:
        return _("nothing that your computer found")
    return _("what your computer found, with names and addresses replaced")


def _session(party: Party, session: Session) -> SessionPart:
    lines = audit_of(party, session)
    return SessionPart(
        technician=session.technician,
        colleagues=", ".join(dict.fromkeys(line.subject for line in lines if line.kind == "colleague_came")),
        summary=session_summary(session),
        head=proven_head(party, session) or "",
        deeds=tuple(
            Deed(_clock(line.at), deed(line.kind, line.subject, line.details))
            for line in lines
            if line.kind not in QUIET
        ),
    )


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M:%S}"
