"""What is left of a person who was erased: ids, moments and lengths, so that what was charged for can still be told.

A customer's going takes all text of their cases along, whoever wrote it, and all that the text hung on: findings,
reports, recordings, audits, folders, keys. Work keeps its start, end, kind and author; consent and agreed prices stay.
A technician's going takes their name. What they wrote is the shop's work on somebody else's case, and stays.

A customer's card goes whole where the customer was the only person on it. Of several, what names the one goes; which
agreement was agreed stays, since charges are reckoned by it.

The same code runs in the service and on every device that holds a copy.
"""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from app.domain import events as ev
from app.domain.consent import ColleagueGrant, Grants
from app.domain.errors import RefusedError
from app.domain.people import Role
from app.domain.records import Record

ERASED = "(erased)"
"""What stands in the place of text that went."""

KIND = ev.PersonErased.model_fields["kind"].default
"""The kind of the events that erase somebody."""

_COLLEAGUE = "a technician"
_TYPED = (
    ev.NoteAdded,
    ev.WorkRecorded,
    ev.SolutionProposed,
    ev.CaseReopened,
    ev.CaseClosed,
    ev.CaseWaits,
    ev.CaseResumed,
    ev.EstimateGiven,
    ev.HandoverOffered,
    ev.HandoverDeclined,
    ev.ColleagueAsked,
    ev.ColleagueAnswered,
    ev.AlternativesOffered,
    ev.AlternativeChosen,
    ev.FixPlanned,
    ev.FixDone,
    ev.LineCrossed,
    ev.ProblemPlaced,
)


class Stands(Protocol):
    """Anything that events stand in, and that knows who was erased from it."""

    @property
    def erased(self) -> tuple[ev.PersonErased, ...]:
        """The erasures."""


def former(role: Role) -> str:
    """By what name an erased person goes on."""
    return "a former customer" if role is Role.CUSTOMER else "a former technician"


def erasure_in(event: ev.Event) -> ev.PersonErased | None:
    """The erasure that the event tells of, or None. Only the owner's word counts."""
    return event.body if isinstance(event.body, ev.PersonErased) and event.author.role is Role.OWNER else None


def redacted(event: ev.Event, erased: ev.PersonErased) -> ev.Event:
    """What is left of an event of the case or card that the erasure stands in. Twice is as good as once."""
    if isinstance(event.body, ev.PersonErased):
        return event
    author = event.author
    if author.id == erased.person:
        author = author.model_copy(update={"name": former(erased.role)})
    body: ev.Body = event.body
    if erased.role is Role.CUSTOMER and _is_taken(event, erased):
        body = _REST.get(type(body), _nothing)(body)
    elif erased.role is not Role.CUSTOMER and event.id in erased.named:
        body = _NAMELESS.get(type(body), _same)(body)
    return event.model_copy(update={"author": author, "body": body})


def persons_in(body: ev.Body) -> tuple[UUID, ...]:
    """Who is told of by their id, beside the author."""
    match body:
        case ev.PersonJoined(person=person):
            return (person,)
        case ev.UsualTechnicianNamed(technician=technician) if technician is not None:
            return (technician,)
        case ev.ShiftPlanned(technician=technician):
            return (technician,)
        case _:
            return ()


def settled(case: Stands, event: ev.Event) -> ev.Event:
    """The event as it may stand in this case, written by somebody who had not heard of an erasure."""
    for erased in case.erased:
        event = redacted(event, erased)
    return event


def fitting(case: Stands, event: ev.Event) -> ev.Event:
    """The event as its writer's own device keeps it in this case.

    Raises `RefusedError`, with a sentence for its writer, where that would take away what somebody has just typed.
    """
    left = settled(case, event)
    if isinstance(event.body, _TYPED) and left.body != event.body:
        raise RefusedError(
            "The customer of this case was erased, and no text about them is kept any more. "
            "Time can still be recorded, without a text."
        )
    return left


def _is_taken(event: ev.Event, erased: ev.PersonErased) -> bool:
    """A case goes with its customer. Of a card with several people on it, what names the one who went goes."""
    whole = event.stream is ev.Stream.CASE or not erased.named
    return whole or event.id in erased.named or erased.person in persons_in(event.body)


def _same(body: ev.Body) -> ev.Body:
    return body


def _nothing(body: ev.Body) -> ev.Body:
    """For a kind that tells nothing but content, and for one that is not known here: nobody can say what is in it."""
    return ev.ContentErased(was=body.kind)


def _with(**less: Any) -> Callable[[Any], ev.Body]:
    return lambda body: body.model_copy(update=less)


def _colleagues_nameless(body: ev.ConsentGiven) -> ev.Body:
    grants = (
        grant.model_copy(update={"name": _COLLEAGUE}) if isinstance(grant, ColleagueGrant) else grant
        for grant in body.grants.grants
    )
    return body.model_copy(update={"grants": Grants(grants=tuple(grants))})


# What is left when a customer goes. A kind that does not stand here goes whole.
_REST: dict[type, Callable[[Any], ev.Body]] = {
    ev.CaseOpened: _with(about=ERASED, machine=ERASED, language="en"),
    ev.DiagnosticsShared: _nothing,
    ev.ConsentGiven: _with(grants=Grants()),
    ev.ConsentWithdrawn: _same,
    ev.CaseTaken: _same,
    ev.NoteAdded: _with(text=ERASED),
    ev.WorkRecorded: _with(text=""),
    ev.SessionOffered: _same,
    ev.SessionStarted: _with(customer_key="", technician_key=""),
    ev.SessionEnded: _with(audit=None, recording=None, audit_head=None),
    ev.SolutionProposed: _with(text=ERASED),
    ev.CaseClosed: _with(thanks=""),
    ev.CaseReopened: _with(text=ERASED),
    ev.CaseWaits: _with(reason=ERASED),
    ev.CaseResumed: _with(text=""),
    ev.EstimateGiven: _with(reason=""),
    ev.HandoverOffered: _with(to=ERASED, tried=ERASED, assumed="", next=ERASED),
    ev.HandoverAccepted: _same,
    ev.HandoverDeclined: _with(reason=ERASED),
    ev.HandoverWithdrawn: _same,
    ev.ColleagueAsked: _with(text=ERASED, to=""),
    ev.ColleagueAnswered: _with(text=ERASED),
    ev.AlternativesOffered: _nothing,
    ev.AlternativeChosen: _with(text=""),
    ev.CaseCameBack: _same,
    ev.FixPlanned: _with(text=ERASED, owner=ERASED),
    ev.FixDone: _with(text=""),
    ev.LineCrossed: _with(text=ERASED, follow_up=""),
    ev.LineFollowedUp: _with(text=ERASED),
    ev.ContentErased: _same,
    ev.ProblemPlaced: _with(evidence=ERASED, name=""),
    ev.CoverageDecided: _with(topic=ERASED, sentence=ERASED),
    ev.PriceAccepted: _same,
    ev.PriceDeclined: _with(text=""),
    ev.CustomerAdded: _with(name=ERASED),
    ev.CustomerChanged: _with(name=ERASED),
    ev.PersonJoined: _with(name=ERASED),
    ev.ContactTold: _nothing,
    ev.MachineTold: _nothing,
    ev.UseTold: _nothing,
    ev.CustomerNoted: _nothing,
    ev.CareMarked: _nothing,
    ev.UsualTechnicianNamed: _same,
    ev.EntryRemoved: _same,
    ev.AgreementAgreed: _same,
    ev.AgreementWritten: _same,
    ev.ArticleWritten: _same,
    ev.ArticleWithdrawn: _same,
    ev.ArticleHelped: _same,
    ev.ShiftPlanned: _same,
    ev.ShiftRemoved: _same,
}

# What is left of others' events that told the name of a technician who went.
_NAMELESS: dict[type[Record], Callable[[Any], ev.Body]] = {
    ev.SessionStarted: _with(technician=former(Role.TECHNICIAN), technician_key=""),
    ev.ConsentGiven: _colleagues_nameless,
    ev.UsualTechnicianNamed: _with(technician=None, name=""),
    ev.ShiftPlanned: _with(name=former(Role.TECHNICIAN), source=""),
    ev.HandoverOffered: _with(to=former(Role.TECHNICIAN)),
    ev.ColleagueAsked: _with(to=former(Role.TECHNICIAN)),
    ev.FixPlanned: _with(owner=former(Role.TECHNICIAN)),
}

NAMING = frozenset(str(body.model_fields["kind"].default) for body in _NAMELESS)
"""The kinds of events that may tell the name of somebody of the shop, beside their author's."""


def names_told(event: ev.Event) -> tuple[str, ...]:
    """The names of people of the shop that the event tells, beside its author's."""
    match event.body:
        case ev.SessionStarted(technician=name) | ev.HandoverOffered(to=name) | ev.ColleagueAsked(to=name):
            return (name,)
        case ev.FixPlanned(owner=name) | ev.UsualTechnicianNamed(name=name) | ev.ShiftPlanned(name=name):
            return (name,)
        case ev.ConsentGiven(grants=grants):
            return tuple(grant.name for grant in grants.grants if isinstance(grant, ColleagueGrant))
        case _:
            return ()
