"""What the customer's app and the process that hosts a session say to each other: JSON lines of bounded length.

Private keys never pass here: they are made in the hosting process and stay there.
"""

import base64
from typing import IO, Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from app.domain.consent import Grant, Grants, Wish
from app.domain.events import AuditHead, EndReason
from app.domain.records import Record, ShortText, Utc
from app.domain.relay import Door
from app.remote.errors import HostingError
from app.remote.way.way import LOST_SECONDS

HOSTED_BY = "BISTAND_HOSTED_BY"
"""In the environment of everything that a session starts: the process id of the host that started it."""

LONGEST_LINE = 1024 * 1024
_T = TypeVar("_T")


class Begin(Record):
    """To the host: what to host. `folder` is where recording and audit go; `never` are folders never served.

    `parent` is the app's process id, `lost_seconds` how long the technician may be out of reach.
    """

    kind: Literal["begin"] = "begin"
    session: UUID
    case: UUID
    parent: int
    customer: str
    folder: str
    never: tuple[str, ...] = ()
    grants: Grants
    lost_seconds: float = LOST_SECONDS


class Listen(Record):
    """To the host: wait at this door for the technician."""

    kind: Literal["listen"] = "listen"
    door: Door


class NoDoor(Record):
    """To the host: there is no door to be had now. `over`: nor will there be, for this session is over."""

    kind: Literal["no_door"] = "no_door"
    over: bool = False


class Paired(Record):
    """To the host: this technician, proved by the pairing, may come in. `key` is their public key.

    The first one is whose session it is; whoever comes later is a colleague, and needs the grant that names them.
    """

    kind: Literal["paired"] = "paired"
    technician: str
    key: str


class NewGrants(Record):
    """To the host: from now on these grants count. `asked` is the number of the wish that this answers, if any."""

    kind: Literal["grants"] = "grants"
    grants: Grants
    asked: int | None = None


class Declined(Record):
    """To the host: the customer does not grant this wish."""

    kind: Literal["declined"] = "declined"
    asked: int


class Pause(Record):
    """To the host: freeze every channel, or let them go on."""

    kind: Literal["pause"] = "pause"
    paused: bool


class Secret(Record):
    """To the host: type this for the customer where the echo is off, and nowhere else. Kept out of every text."""

    kind: Literal["secret"] = "secret"
    run: int
    text: Annotated[str, Field(max_length=1024, repr=False)]


class Stop(Record):
    """To the host: end everything now."""

    kind: Literal["stop"] = "stop"
    reason: EndReason


class Ready(Record):
    """From the host: its two public keys, the inner host key and the key for the relay."""

    kind: Literal["ready"] = "ready"
    host_key: str
    link_key: str


class Listening(Record):
    """From the host: it waits at the relay."""

    kind: Literal["listening"] = "listening"


class DoorWanted(Record):
    """From the host: the relay is gone; please ask for a new place, at it or at another."""

    kind: Literal["door_wanted"] = "door_wanted"


class Reached(Record):
    """From the host: whether technician and customer reach each other at this moment."""

    kind: Literal["reached"] = "reached"
    reached: bool


class Asked(Record):
    """From the host: the technician would like this, for so many minutes, and says why (untrusted plain text)."""

    kind: Literal["asked"] = "asked"
    number: int
    wish: Wish
    minutes: Annotated[int, Field(ge=1, le=480)]
    why: ShortText


class Prompting(Record):
    """From the host: a program on a terminal waits for something that is not to be seen, or does so no more.

    `program` is its name (empty: it has stopped asking). `protected` tells that it runs with other rights than the
    customer's own, as sudo does: the technician cannot have put it there to read what is typed.
    """

    kind: Literal["prompting"] = "prompting"
    run: int
    program: str
    protected: bool


class Entered(Record):
    """From the host: the technician has logged in with the paired key."""

    kind: Literal["entered"] = "entered"


class Noted(Record):
    """From the host: a line of the audit was written."""

    kind: Literal["noted"] = "noted"
    at: Utc
    what: str
    detail: str


class Shown(Record):
    """From the host: terminal output that was just recorded, base64."""

    kind: Literal["shown"] = "shown"
    data: str

    @property
    def content(self) -> bytes:
        """The output."""
        return base64.b64decode(self.data)


class Refused(Record):
    """From the host: something it was told cannot be done, and why, in sentences.

    `grants` are those of the newest ones that it cannot serve: they do not count, and all others do. Without any, the
    session did not begin.
    """

    kind: Literal["refused"] = "refused"
    why: str
    grants: tuple[Grant, ...] = ()


class Over(Record):
    """From the host, its last word. `left` counts processes that could not be ended."""

    kind: Literal["over"] = "over"
    reason: EndReason
    why: str = ""
    seconds: float = 0.0
    commands: int = 0
    files: int = 0
    head: AuditHead
    audit: str
    recording: str
    left: int = 0


ToHost = Annotated[
    Begin | Listen | NoDoor | Paired | NewGrants | Declined | Pause | Secret | Stop, Field(discriminator="kind")
]
FromHost = Annotated[
    Ready | Listening | DoorWanted | Reached | Entered | Asked | Prompting | Noted | Shown | Refused | Over,
    Field(discriminator="kind"),
]
TO_HOST: TypeAdapter[ToHost] = TypeAdapter(ToHost)
FROM_HOST: TypeAdapter[FromHost] = TypeAdapter(FromHost)


def write(stream: IO[bytes], message: ToHost | FromHost) -> None:
    """Send one message. One thread at a time. Raises `OSError`."""
    line = message.model_dump_json().encode() + b"\n"
    if len(line) > LONGEST_LINE:
        raise HostingError("A message between the app and its session process is too long.")
    stream.write(line)
    stream.flush()


def read(stream: IO[bytes], kinds: TypeAdapter[_T]) -> _T | None:
    """The next message, or None once the other side is gone. Raises `HostingError` for anything else."""
    try:
        line = stream.readline(LONGEST_LINE + 1)
    except (OSError, ValueError):
        return None
    if not line.endswith(b"\n"):
        if len(line) > LONGEST_LINE:
            raise HostingError("The app's session process sent a message that is too long.")
        return None
    try:
        return kinds.validate_json(line)
    except ValidationError as error:
        raise HostingError("The app and its session process do not understand each other.") from error
