"""What the customer's app is told while a session waits and while it is on."""

from dataclasses import dataclass
from datetime import datetime

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


HostEvent = CodeShown | CodeBurned | TechnicianJoined | Output | Activity | Ended
