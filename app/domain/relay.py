"""What the parties must know to meet at a relay, and what the service and a further relay say to each other."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from app.domain.records import Record, Utc


def _no_truth(number: object) -> object:
    if isinstance(number, bool):
        raise ValueError("a number is no true or false")  # noqa: TRY004 - pydantic reads it
    return number


def _no_number(moment: object) -> object:
    if isinstance(moment, int | float):
        raise ValueError("a moment is written out in letters")  # noqa: TRY004 - pydantic reads it
    return moment


Port = Annotated[int, Field(ge=1, le=65535), BeforeValidator(_no_truth)]
PublicKey = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^ssh-ed25519 [A-Za-z0-9+/]{40,120}={0,2}$")
]  # nothing else: it will stand in a file where options and line ends mean something
Count = Annotated[int, Field(ge=0, le=2**53), BeforeValidator(_no_truth)]

MOST_SESSIONS = 10_000
"""How many sessions one relay may hold at most."""


class Door(Record):
    """One party's way to the relay, for one session.

    `host` and `port` are where the relay's sshd listens; `user` is the name to log in with; `host_key` is
    its public key (OpenSSH form); `forward_port` is the port on the relay's 127.0.0.1 that belongs to this
    session: the customer listens there, the technician connects there.
    """

    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Port
    user: Annotated[str, Field(min_length=1, max_length=64)]
    host_key: Annotated[str, Field(min_length=1, max_length=2000)]
    forward_port: Port


class RelayLoad(Record):
    """What a relay carries now, and what it has done `since` it was started.

    `sessions` have at least one key here, `waiting` of them a customer and no technician; `customers` and
    `technicians` are live connections, `keys` what is let in. `admissions` counts keys let in, `expulsions` keys taken
    away (run out ones too), `refusals` logins that sshd turned away.
    """

    sessions: Count
    waiting: Count
    customers: Count
    technicians: Count
    keys: Count
    admissions: Count
    refusals: Count
    expulsions: Count
    since: Annotated[Utc, BeforeValidator(_no_number)]


class OrderKind(StrEnum):
    """What the service may want of a relay."""

    ADMIT_CUSTOMER = "admit customer"
    ADMIT_TECHNICIAN = "admit technician"
    EXPEL = "expel"


class Order(Record):
    """One thing for a further relay to do. `key` is whom to let in; None where both parties are put out."""

    id: UUID
    kind: OrderKind
    session: UUID
    key: PublicKey | None = None


class OrderAnswer(Record):
    """What became of an order: the door, or why there is none (a sentence). Neither for an expulsion that is done."""

    order: UUID
    door: Door | None = None
    refusal: Annotated[str, Field(max_length=500)] | None = None


class RelayReport(Record):
    """What a further relay tells each time that it asks for orders.

    `run` is made anew at each start: what an earlier one held is gone. `held` are the sessions with a key there, so
    that it learns which of them are over, also what it missed while it could not reach the service.
    """

    run: UUID
    load: RelayLoad
    held: Annotated[tuple[UUID, ...], Field(max_length=MOST_SESSIONS)]
    answers: Annotated[tuple[OrderAnswer, ...], Field(max_length=MOST_SESSIONS)] = ()


class Orders(Record):
    """What a further relay is to do, in this order."""

    orders: tuple[Order, ...]
