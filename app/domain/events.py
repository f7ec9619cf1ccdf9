"""The one log: everything that happens is an event, and state is a fold of events.

An event is made where it happens, never changed, and read by all parties with the same code. A kind
that this program does not know yet is kept as it came (`UnknownBody`), so that an older desk neither
loses nor mangles what a newer one wrote.
"""

from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Discriminator, Field, Tag

from app.domain.consent import Grants
from app.domain.finding import Finding
from app.domain.people import Author, Role
from app.domain.records import LongText, Record, Sha256, ShortText, Utc


class Stream(StrEnum):
    """What an event is about. Each stream folds into a state of its own."""

    CASE = "case"
    CUSTOMER = "customer"
    AGREEMENT = "agreement"
    ARTICLE = "article"
    ROTA = "rota"


class Certainty(StrEnum):
    """How sure the writer is: "I am not sure" is always a welcome answer (rule 8)."""

    VERIFIED = "verified"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"
    ASKED = "asked"


class Audience(StrEnum):
    """Who may read a note."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class WorkKind(StrEnum):
    """What a piece of work is to the agreement."""

    COVERED = "covered"
    SPECIAL = "special"
    GOODWILL = "goodwill"
    REWORK = "rework"
    INTERNAL = "internal"
    TRAVEL = "travel"


class EndReason(StrEnum):
    """Why a session ended."""

    CUSTOMER_STOPPED = "customer stopped"
    TECHNICIAN_LEFT = "technician left"
    EXPIRED = "time ran out"
    RECORDING_FAILED = "recording failed"
    CONNECTION_LOST = "connection lost"
    FAULT = "fault"


class CaseOpened(Record):
    """A customer asked for help, in their own words."""

    kind: Literal["case_opened"] = "case_opened"
    about: LongText
    machine: ShortText
    language: Annotated[str, Field(max_length=20)] = "en"


class DiagnosticsShared(Record):
    """The customer shared what their computer found out, redacted, after seeing it."""

    kind: Literal["diagnostics_shared"] = "diagnostics_shared"
    findings: tuple[Finding, ...]
    redactions: Annotated[int, Field(ge=0)]
    report: Sha256


class ConsentGiven(Record):
    """The customer agreed to this, and to nothing else."""

    kind: Literal["consent_given"] = "consent_given"
    shares_diagnostics: bool
    grants: Grants = Grants()
    price: Annotated[str, Field(max_length=500)] = ""


class ConsentWithdrawn(Record):
    """The customer took back every grant of a session."""

    kind: Literal["consent_withdrawn"] = "consent_withdrawn"


class CaseTaken(Record):
    """A technician made the case theirs. The author is the technician."""

    kind: Literal["case_taken"] = "case_taken"


class NoteAdded(Record):
    """Something worth knowing. `corrects` names an earlier note that this one replaces."""

    kind: Literal["note_added"] = "note_added"
    text: LongText
    certainty: Certainty
    audience: Audience = Audience.INTERNAL
    corrects: UUID | None = None


class WorkRecorded(Record):
    """Time worked, to the second as it was. What is charged for it is reckoned later, never stored here."""

    kind: Literal["work_recorded"] = "work_recorded"
    start: Utc
    end: Utc
    work: WorkKind = WorkKind.COVERED
    text: Annotated[str, Field(max_length=2000)] = ""
    session: UUID | None = None
    corrects: UUID | None = None


class SessionOffered(Record):
    """The customer's machine waits for a technician. The code is not here: it is only spoken."""

    kind: Literal["session_offered"] = "session_offered"
    session: UUID


class SessionStarted(Record):
    """A technician was let in, both keys pinned. Keys are OpenSSH public keys (`ssh-ed25519 AAAA...`)."""

    kind: Literal["session_started"] = "session_started"
    session: UUID
    technician: ShortText
    customer_key: str
    technician_key: str
    relay: str


class AuditHead(Record):
    """The end of an audit chain, signed by both ends (base64 ed25519 signatures over the head)."""

    lines: Annotated[int, Field(ge=0)]
    head: Sha256
    customer_signature: str = ""
    technician_signature: str = ""


class SessionEnded(Record):
    """A session is over. Both ends report it: each names what it holds itself.

    `connect_seconds` is how long the technician waited for a usable session, as their end measured it.
    """

    kind: Literal["session_ended"] = "session_ended"
    session: UUID
    reason: EndReason
    seconds: Annotated[float, Field(ge=0)]
    commands: Annotated[int, Field(ge=0)] = 0
    files: Annotated[int, Field(ge=0)] = 0
    connect_seconds: Annotated[float, Field(ge=0)] | None = None
    audit_head: AuditHead | None = None
    audit: Sha256 | None = None
    recording: Sha256 | None = None


class SolutionProposed(Record):
    """A technician thinks it is solved. Only the customer closes (rule 10)."""

    kind: Literal["solution_proposed"] = "solution_proposed"
    text: LongText
    certainty: Certainty


class CaseClosed(Record):
    """The customer confirms that it is solved."""

    kind: Literal["case_closed"] = "case_closed"
    thanks: Annotated[str, Field(max_length=2000)] = ""


class CaseReopened(Record):
    """The customer says: not fixed."""

    kind: Literal["case_reopened"] = "case_reopened"
    text: LongText


class ContentErased(Record):
    """What stood here went with the person it was about (see erasure.py). `was` is the kind that it had."""

    kind: Literal["content_erased"] = "content_erased"
    was: Annotated[str, Field(min_length=1, max_length=60)]


class PersonErased(Record):
    """The owner erased a person from this case: whoever holds a copy of it does so too (see erasure.py).

    `named` are events of others in this case that told the person's name.
    """

    kind: Literal["person_erased"] = "person_erased"
    person: UUID
    role: Role
    named: tuple[UUID, ...] = ()


class UnknownBody(Record):
    """A kind from a newer program: kept whole, folded into nothing, sent on unchanged."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)
    kind: Annotated[str, Field(min_length=1, max_length=60)]


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
    | ContentErased
    | PersonErased
)


@cache
def known_kinds() -> frozenset[str]:
    """The kinds of events that this program understands."""
    return frozenset(body.model_fields["kind"].default for body in KnownBody.__args__)


def _which(value: Any) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "known" if kind in known_kinds() else "unknown"


Body = Annotated[
    Annotated[Annotated[KnownBody, Field(discriminator="kind")], Tag("known")] | Annotated[UnknownBody, Tag("unknown")],
    Discriminator(_which),
]


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


class Confirmed(Record):
    """An event that the service has accepted, with its place in the order that all parties see.

    `stamp` is the service's own mark on the event. Whoever holds both can give the event back, where the service
    has lost it.
    """

    version: Annotated[int, Field(ge=1)]
    stamp: Annotated[str, Field(max_length=100)] = ""
    event: Event


def is_for_customer(event: Event) -> bool:
    """Whether the customer of the case may read this event. Internal notes and internal work may not."""
    match event.body:
        case NoteAdded(audience=audience):
            return audience is Audience.CUSTOMER
        case WorkRecorded(work=work):
            return work is not WorkKind.INTERNAL
        case UnknownBody() | ContentErased():
            return False
        case _:
            return True


def named_blobs(event: Event) -> tuple[str, ...]:
    """The SHA-256 of every blob that the event names: who reads the event will want to have them."""
    match event.body:
        case DiagnosticsShared(report=report):
            return (report,)
        case SessionEnded(audit=audit, recording=recording):
            return tuple(dict.fromkeys(sha256 for sha256 in (audit, recording) if sha256))
        case _:
            return ()
