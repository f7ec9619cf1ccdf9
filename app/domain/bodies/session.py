"""What the customer agrees to, and the sessions that come of it."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.consent import Grants
from app.domain.records import Record, Sha256, ShortText


class EndReason(StrEnum):
    """Why a session ended."""

    CUSTOMER_STOPPED = "customer stopped"
    TECHNICIAN_LEFT = "technician left"
    EXPIRED = "time ran out"
    RECORDING_FAILED = "recording failed"
    CONNECTION_LOST = "connection lost"
    FAULT = "fault"


class ConsentGiven(Record):
    """The customer agreed to this, and to nothing else."""

    kind: Literal["consent_given"] = "consent_given"
    shares_diagnostics: bool
    grants: Grants = Grants()
    price: Annotated[str, Field(max_length=500)] = ""


class ConsentWithdrawn(Record):
    """The customer took back every grant of a session."""

    kind: Literal["consent_withdrawn"] = "consent_withdrawn"


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
