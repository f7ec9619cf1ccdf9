"""What the two ends say on the audit's own channel besides the audit's lines: seals, wishes, and leave-taking.

The channel carries lines that end in a newline. From the customer's end come the audit's lines as they stand in the
file, and in between `Half`: please sign this head, and `News`: what holds from now on, and how a wish was answered.
From the technician's end come `Countersigned`, `Wanting` and `Leaving`.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Protocol

from pydantic import Field, TypeAdapter

from app.domain.consent import Grants, Wish
from app.domain.events import AuditHead, EndReason
from app.domain.records import Record, ShortText
from app.remote.audit_lines import MAX_LINE_BYTES

USER = "bistand"
AUDIT_CHANNEL = "bistand-audit"
WATCH_CHANNEL = "bistand-watch"
"""The name that the technician's end logs in with, and the channels of the inner SSH that only Bistand knows."""

WATCH_OVER: dict[int, EndReason] = {
    1: EndReason.TECHNICIAN_LEFT,
    2: EndReason.CUSTOMER_STOPPED,
    3: EndReason.EXPIRED,
    4: EndReason.CONNECTION_LOST,
    5: EndReason.RECORDING_FAILED,
    6: EndReason.FAULT,
}
TAKEN_BACK = 10
"""With which exit status `WATCH_CHANNEL` ends: why the session did, or that the colleague may be there no more."""

SEAL_EVERY_SECONDS = 50.0
DRAFT = ".bistand-part-"
"""How the name begins under which the technician's end sends a file, until it is whole."""
_HALF = b'{"half":'
_NEWS = b'{"news":'
_CHUNK = 64 * 1024


def watch_status(reason: EndReason | None) -> int:
    """The exit status that says so; None where the session goes on without the colleague."""
    return next((status for status, why in WATCH_OVER.items() if why is reason), TAKEN_BACK)


class Half(Record):
    """A head with the customer's signature, for the technician's end to sign as well."""

    half: AuditHead


class State(Record):
    """What holds from now on. `answered` is the number of the wish that this answers, `granted` how."""

    grants: Grants
    paused: bool
    answered: int | None = None
    granted: bool = False


class News(Record):
    """The customer's end tells the technician's what holds from now on."""

    news: State


class Wanting(Record):
    """The technician would like this, for so many minutes, and says why. `number` counts this technician's wishes."""

    kind: Literal["wanting"] = "wanting"
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    wish: Wish
    minutes: Annotated[int, Field(ge=1, le=480)]
    why: ShortText


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


Said = Annotated[Countersigned | Wanting | Leaving, Field(discriminator="kind")]
SAID: TypeAdapter[Said] = TypeAdapter(Said)
"""What the technician's end says."""


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


def news_of(untrusted_line: bytes) -> State | None:
    """What holds from now on, or None where this is another line. Raises pydantic's `ValidationError`."""
    return News.model_validate_json(untrusted_line).news if untrusted_line.startswith(_NEWS) else None


def lines_from(channel: Channel) -> Iterator[bytes]:
    """The lines that come, without their newline, until the channel ends. One that is too long ends it as well."""
    rest = b""
    while data := channel.recv(_CHUNK):
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE_BYTES:
            return
