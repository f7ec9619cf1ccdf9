"""The one log: everything that happens is an event, and state is a fold of events.

An event is made where it happens, never changed, and read by all parties with the same code. A kind
that this program does not know yet is kept as it came (`UnknownBody`), so that an older desk neither
loses nor mangles what a newer one wrote.
"""

from enum import StrEnum
from functools import cache
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, Tag

from app.domain.bodies.advice import ColleagueAnswered, ColleagueAsked
from app.domain.bodies.agreement import AgreementWritten
from app.domain.bodies.article import ArticleHelped, ArticleWithdrawn, ArticleWritten
from app.domain.bodies.case import (
    Audience,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseTaken,
    Certainty,
    DiagnosticsShared,
    NoteAdded,
    SolutionProposed,
)
from app.domain.bodies.choice import MOST_WAYS, AlternativeChosen, AlternativesOffered, Way
from app.domain.bodies.customer import (
    AgreementAgreed,
    CareMarked,
    ContactTold,
    CustomerAdded,
    CustomerChanged,
    CustomerNoted,
    EntryRemoved,
    MachineTold,
    PersonJoined,
    Relation,
    UseTold,
    UsualTechnicianNamed,
)
from app.domain.bodies.erasure import ContentErased, PersonErased
from app.domain.bodies.estimate import EstimateGiven
from app.domain.bodies.handover import HandoverAccepted, HandoverDeclined, HandoverOffered, HandoverWithdrawn
from app.domain.bodies.place import Place, ProblemPlaced
from app.domain.bodies.price import (
    CoverageDecided,
    Outcome,
    PriceAccepted,
    PriceDeclined,
    Reason,
    Responsibility,
)
from app.domain.bodies.recurrence import CaseCameBack, FixDone, FixPlanned
from app.domain.bodies.respect import LineCrossed, LineFollowedUp
from app.domain.bodies.rota import ShiftPlanned, ShiftRemoved
from app.domain.bodies.session import (
    AuditHead,
    ConsentGiven,
    ConsentWithdrawn,
    EndReason,
    SessionEnded,
    SessionOffered,
    SessionStarted,
)
from app.domain.bodies.waiting import Awaited, CaseResumed, CaseWaits
from app.domain.bodies.work import WorkKind, WorkRecorded
from app.domain.knowledge import Readers as ArticleReaders
from app.domain.people import Author
from app.domain.records import Record, Utc

__all__ = [
    "MOST_WAYS",
    "AgreementAgreed",
    "AgreementWritten",
    "AlternativeChosen",
    "AlternativesOffered",
    "ArticleHelped",
    "ArticleWithdrawn",
    "ArticleWritten",
    "Audience",
    "AuditHead",
    "Awaited",
    "Body",
    "CareMarked",
    "CaseCameBack",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "CaseResumed",
    "CaseTaken",
    "CaseWaits",
    "Certainty",
    "ColleagueAnswered",
    "ColleagueAsked",
    "Confirmed",
    "ConsentGiven",
    "ConsentWithdrawn",
    "ContactTold",
    "ContentErased",
    "CoverageDecided",
    "CustomerAdded",
    "CustomerChanged",
    "CustomerNoted",
    "DiagnosticsShared",
    "EndReason",
    "EntryRemoved",
    "EstimateGiven",
    "Event",
    "FixDone",
    "FixPlanned",
    "HandoverAccepted",
    "HandoverDeclined",
    "HandoverOffered",
    "HandoverWithdrawn",
    "KnownBody",
    "LineCrossed",
    "LineFollowedUp",
    "MachineTold",
    "NoteAdded",
    "Outcome",
    "PersonErased",
    "PersonJoined",
    "Place",
    "PriceAccepted",
    "PriceDeclined",
    "ProblemPlaced",
    "Readers",
    "Reason",
    "Relation",
    "Responsibility",
    "SessionEnded",
    "SessionOffered",
    "SessionStarted",
    "ShiftPlanned",
    "ShiftRemoved",
    "SolutionProposed",
    "Stream",
    "UnknownBody",
    "UseTold",
    "UsualTechnicianNamed",
    "Way",
    "WorkKind",
    "WorkRecorded",
    "is_for_customer",
    "is_for_owner_only",
    "known_kinds",
    "named_blobs",
    "readers_of",
]


class Stream(StrEnum):
    """What an event is about. Each stream folds into a state of its own."""

    CASE = "case"
    CUSTOMER = "customer"
    AGREEMENT = "agreement"
    ARTICLE = "article"
    ROTA = "rota"


def _is_new(kind: str) -> str:
    if kind in known_kinds():
        raise ValueError("this kind is known, and its fields are wrong")
    return kind


class UnknownBody(Record):
    """A kind from a newer program: kept whole, folded into nothing, sent on unchanged."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)
    kind: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_is_new)]


KnownBody = (
    CaseOpened
    | DiagnosticsShared
    | ConsentGiven
    | ConsentWithdrawn
    | CaseTaken
    | NoteAdded
    | WorkRecorded
    | SessionOffered
    | SessionStarted
    | SessionEnded
    | SolutionProposed
    | CaseClosed
    | CaseReopened
    | CaseWaits
    | CaseResumed
    | EstimateGiven
    | HandoverOffered
    | HandoverAccepted
    | HandoverDeclined
    | HandoverWithdrawn
    | ColleagueAsked
    | ColleagueAnswered
    | AlternativesOffered
    | AlternativeChosen
    | CaseCameBack
    | FixPlanned
    | FixDone
    | LineCrossed
    | LineFollowedUp
    | ProblemPlaced
    | CoverageDecided
    | PriceAccepted
    | PriceDeclined
    | ContentErased
    | PersonErased
    | CustomerAdded
    | CustomerChanged
    | PersonJoined
    | ContactTold
    | MachineTold
    | UseTold
    | CustomerNoted
    | CareMarked
    | UsualTechnicianNamed
    | EntryRemoved
    | AgreementAgreed
    | AgreementWritten
    | ArticleWritten
    | ArticleWithdrawn
    | ArticleHelped
    | ShiftPlanned
    | ShiftRemoved
)


@cache
def known_kinds() -> frozenset[str]:
    """The kinds of events that this program understands."""
    return frozenset(body.model_fields["kind"].default for body in KnownBody.__args__)


Body = Annotated[
    Annotated[KnownBody, Field(discriminator="kind"), Tag("known")] | Annotated[UnknownBody, Tag("unknown")],
    Field(union_mode="left_to_right"),
]
"""A known kind is found by its name. Were it a function of ours that tells the two apart, all that an event says would
be made into Python's objects for it first."""


class Event(Record):
    """One thing that happened.

    `id` is a UUIDv7 made on `device`; `device_seq` counts that device's events from 1 without gaps.
    Both are idempotency keys: an event sent twice is there once.
    """

    id: UUID
    stream: Stream
    stream_id: UUID
    at: Utc
    author: Author
    device: UUID
    device_seq: Annotated[int, Field(ge=1, le=2**53)]
    body: Body

    @property
    def kind(self) -> str:
        """What happened, as a word."""
        return self.body.kind


class Confirmed(NamedTuple):
    """An event that the service has accepted, with its place in the order that all parties see, from 1 on.

    `stamp` is the service's own mark on the event. Whoever holds both can give the event back, where the service
    has lost it.
    """

    version: int
    event: Event
    stamp: str = ""


_AMONG_COLLEAGUES = (
    HandoverOffered,
    HandoverDeclined,
    HandoverWithdrawn,
    ColleagueAsked,
    ColleagueAnswered,
    LineCrossed,
    LineFollowedUp,
    UnknownBody,
    ContentErased,
)


class Readers(StrEnum):
    """Who may read an event, beside its author's own device and the owner."""

    OWNER = "the owner alone"
    STAFF = "technicians"
    CUSTOMER = "technicians and the customer whose case it is"
    EVERY_CUSTOMER = "technicians and every customer"


FOR_THE_OWNER: tuple[type[Record], ...] = (LineCrossed, LineFollowedUp)
"""Bodies that no pull brings to a technician or a customer (rule 14)."""


def readers_of(event: Event) -> Readers:
    """Who may read the event. What is about no case is for technicians, where nothing else is said."""
    if is_for_owner_only(event):
        return Readers.OWNER
    if event.stream is Stream.ARTICLE:
        return Readers.EVERY_CUSTOMER if _is_of_customers_article(event.body) else Readers.STAFF
    return Readers.CUSTOMER if is_for_customer(event) else Readers.STAFF


def _is_of_customers_article(body: Body) -> bool:
    """What is for customers, that something is so no longer, and that the name of its author went."""
    match body:
        case ArticleWritten(readers=readers):
            return readers is ArticleReaders.CUSTOMERS
        case ArticleWithdrawn() | PersonErased():
            return True
        case _:
            return False


def is_for_customer(event: Event) -> bool:
    """Whether the customer of the case may read this event. What colleagues say among themselves is not for them."""
    if event.stream is not Stream.CASE:
        return False
    match event.body:
        case NoteAdded(audience=audience):
            return audience is Audience.CUSTOMER
        case WorkRecorded(work=work):
            return work is not WorkKind.INTERNAL
        case body:
            return not isinstance(body, _AMONG_COLLEAGUES)


def is_for_owner_only(event: Event) -> bool:
    """Whether nobody reads this event but who wrote it and the owner (rule 14)."""
    return isinstance(event.body, FOR_THE_OWNER)


def named_blobs(event: Event) -> tuple[str, ...]:
    """The SHA-256 of every blob that the event names: who reads the event will want to have them."""
    match event.body:
        case DiagnosticsShared(report=report):
            return (report,)
        case SessionEnded(audit=audit, recording=recording):
            return tuple(dict.fromkeys(sha256 for sha256 in (audit, recording) if sha256))
        case _:
            return ()
