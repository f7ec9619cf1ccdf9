"""What the two ends say on the audit's own channel besides the audit's lines: seals, and leave-taking.

The channel carries lines that end in a newline. From the customer's end come the audit's lines as they stand in the
file, and in between `Half`: please sign this head. From the technician's end come `Countersigned` and `Leaving`.
"""

from collections.abc import Iterator
from typing import Literal, Protocol

from pydantic import TypeAdapter

from app.domain.events import AuditHead, EndReason
from app.domain.records import Record
from app.remote.audit_lines import MAX_LINE_BYTES

SEAL_EVERY_SECONDS = 50.0
DRAFT = ".bistand-part-"
"""How the name begins under which the technician's end sends a file, until it is whole."""
_HALF = b'{"half":'
_CHUNK = 64 * 1024


class Half(Record):
    """A head with the customer's signature, for the technician's end to sign as well."""

    half: AuditHead


class Countersigned(Record):
    """The technician's signature over the head of this many lines."""

    kind: Literal["countersigned"] = "countersigned"
    lines: int
    signature: str


Farewell = Literal[EndReason.TECHNICIAN_LEFT, EndReason.RECORDING_FAILED]
"""Why a technician's end leaves: the technician wants to, or what happens can no longer be recorded there."""


class Leaving(Record):
    """The technician's end leaves."""

    kind: Literal["leaving"] = "leaving"
    reason: Farewell = EndReason.TECHNICIAN_LEFT


ANSWERS: TypeAdapter[Countersigned | Leaving] = TypeAdapter(Countersigned | Leaving)


class Channel(Protocol):
    """The part of a channel that lines need."""

    def recv(self, nbytes: int) -> bytes:
        """What came, nothing at the end."""


def as_line(message: Record) -> bytes:
    """The message as it goes over the channel, newline included."""
    return message.model_dump_json().encode() + b"\n"


def half_of(untrusted_line: bytes) -> Half | None:
    """The request for a signature, or None where this is a line of the audit. Raises pydantic's `ValidationError`."""
    return Half.model_validate_json(untrusted_line) if untrusted_line.startswith(_HALF) else None


def lines_from(channel: Channel) -> Iterator[bytes]:
    """The lines that come, without their newline, until the channel ends. One that is too long ends it as well."""
    rest = b""
    while data := channel.recv(_CHUNK):
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE_BYTES:
            return
