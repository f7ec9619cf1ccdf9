"""What the customer's app is told while a session waits and while it is on."""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.consent import Grant, Wish
from app.remote.outcome import Ended
from app.remote.pairing.customer import CodeBurned, CodeShown


@dataclass(frozen=True, slots=True)
class TechnicianJoined:
    """The technician whom the pairing proved has logged in.

    Keys are public keys in OpenSSH's form; `relay` is `host:port`.
    """

    name: str
    technician_key: str
    customer_key: str
    relay: str


@dataclass(frozen=True, slots=True)
class Output:
    """What the terminal just showed the technician, recorded already. A copy for looking at: a flood is cut short."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Activity:
    """A line of the audit, as it was written: its kind (`command`), and what it is about, untrusted plain text."""

    at: datetime
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether the technician's computer is reached at this moment. It may come back for two minutes."""

    reached: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The technician would like this, for so many minutes, and says why (untrusted plain text)."""

    number: int
    technician: str
    wish: Wish
    minutes: int
    why: str


@dataclass(frozen=True, slots=True)
class SecretAsked:
    """A program on a terminal waits for something that is not to be seen, a password mostly.

    `terminal` says where, for the answer. `program` is empty once nobody asks there any more. `protected` tells that it
    runs with rights of its own (as sudo does), so that it cannot have been put there to read what is typed.
    """

    terminal: int
    program: str
    protected: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """These grants cannot be served after all, so they do not hold. `why` is in sentences; all other grants hold."""

    why: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class ColleagueCode:
    """This code (eight digits, kept out of logs) is for this colleague alone, until `until` (UTC)."""

    name: str
    code: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class ColleagueCodeBurned:
    """Somebody tried a wrong code in this colleague's place. `left` more can be burnt before the customer must ask.

    `stranger` is the name (untrusted) of somebody else who knew the code; nobody was let in.
    """

    name: str
    left: int
    stranger: str = ""


@dataclass(frozen=True, slots=True)
class ColleagueCodeGone:
    """No code for this colleague is shown any more: they used it, or are not to come any more."""

    name: str


HostEvent = (
    CodeShown
    | CodeBurned
    | TechnicianJoined
    | ColleagueCode
    | ColleagueCodeBurned
    | ColleagueCodeGone
    | Reach
    | Asked
    | SecretAsked
    | Refused
    | Output
    | Activity
    | Ended
)
"""What happens. Colleagues' coming and going are activities: `colleague_came`, `colleague_left`."""
