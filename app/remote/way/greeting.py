"""The first words on every carrier: both ends prove who they are before a byte of the way passes.

technician: hello    the way's id, a nonce, and the technician's key of this session
customer:   answer   a nonce, and the customer's signature over both
technician: proof    the technician's signature, and how much of the way was received so far
customer:   welcome  how much the customer's end received, or that this way is over

Each message is two bytes of length and canonical JSON. The signatures name the session, the way and both nonces, so
that none fits another occasion. The keys are the ones that the pairing pinned: whoever holds neither is hung up on
before SSH is spoken with them. The two counts are not signed: whoever changed them would only break the inner SSH.
"""

import secrets
import struct
import time
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from paramiko import Ed25519Key
from pydantic import Field, ValidationError

from app.domain.records import Record
from app.remote.audit_lines import canonical
from app.remote.errors import ConnectionLostError, KeyTextError, StrangerError, WayOverError, WrongHostKeyError
from app.remote.keys import is_signed, public_text, same_key, sign
from app.remote.way.way import Carrier

GREETING_SECONDS = 12.0
_LONGEST = 2048
_LENGTH = struct.Struct(">H")
_CUSTOMER, _TECHNICIAN = "way customer", "way technician"
_T = TypeVar("_T", bound=Record)

Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Count = Annotated[int, Field(ge=0, le=2**63)]


class _Hello(Record):
    v: Annotated[int, Field(ge=1, le=1)] = 1
    way: Nonce
    nonce: Nonce
    key: Annotated[str, Field(max_length=120)]


class _Answer(Record):
    nonce: Nonce
    signature: Annotated[str, Field(max_length=120)]


class _Proof(Record):
    heard: Count
    signature: Annotated[str, Field(max_length=120)]


class _Welcome(Record):
    heard: Count
    over: bool = False


@dataclass(frozen=True, slots=True)
class Greeted:
    """A technician's end that has proved to hold `key`. `heard` is how much of this way it has received."""

    way: str
    key: str
    heard: int


def new_way_id() -> str:
    """A name for a way that nobody can foresee."""
    return secrets.token_hex(16)


def greet(carrier: Carrier, *, session: UUID, way: str, key: Ed25519Key, customer_key: str, heard: int) -> int:
    """The technician's side. Returns how much of the way the customer's end has received.

    Raises `WrongHostKeyError` where somebody else answers, `ConnectionLostError` where nobody does, `WayOverError`
    where the customer's end does not know this way any more.
    """
    deadline = time.monotonic() + GREETING_SECONDS
    hello = _Hello(way=way, nonce=secrets.token_hex(16), key=public_text(key))
    _write(carrier, hello, deadline)
    try:
        answer = _read(carrier, _Answer, deadline)
    except StrangerError as error:
        raise WrongHostKeyError from error
    said = _statement(session, hello, answer.nonce, customer_key)
    if not is_signed(customer_key, _CUSTOMER, said, answer.signature):
        raise WrongHostKeyError
    _write(carrier, _Proof(heard=heard, signature=sign(key, _TECHNICIAN, said)), deadline)
    welcomed = _read(carrier, _Welcome, deadline)
    if welcomed.over:
        raise WayOverError
    return welcomed.heard


def be_greeted(carrier: Carrier, *, session: UUID, host_key: Ed25519Key, admitted: tuple[str, ...]) -> Greeted:
    """The customer's side, up to the technician's proof; `welcome` comes after it.

    Raises `StrangerError` for anybody but the holder of an admitted key, `ConnectionLostError` where nothing is said.
    """
    deadline = time.monotonic() + GREETING_SECONDS
    hello = _read(carrier, _Hello, deadline)
    if not any([same_key(hello.key, one) for one in admitted]):  # noqa: C419 - compared with all, always
        raise StrangerError("A stranger came.")
    nonce = secrets.token_hex(16)
    said = _statement(session, hello, nonce, public_text(host_key))
    _write(carrier, _Answer(nonce=nonce, signature=sign(host_key, _CUSTOMER, said)), deadline)
    proof = _read(carrier, _Proof, deadline)
    if not is_signed(hello.key, _TECHNICIAN, said, proof.signature):
        raise StrangerError("A stranger came, who claimed to be the technician.")
    return Greeted(hello.way, hello.key, proof.heard)


def welcome(carrier: Carrier, heard: int) -> None:
    """Say how much of the way was received here. Raises `ConnectionLostError`."""
    _write(carrier, _Welcome(heard=heard), time.monotonic() + GREETING_SECONDS)


def send_away(carrier: Carrier) -> None:
    """Say that this way is over. Raises `ConnectionLostError`."""
    _write(carrier, _Welcome(heard=0, over=True), time.monotonic() + GREETING_SECONDS)


def _statement(session: UUID, hello: _Hello, customers_nonce: str, customer_key: str) -> bytes:
    return canonical({
        "customer_key": customer_key,
        "customer_nonce": customers_nonce,
        "session": str(session),
        "technician_key": hello.key,
        "technician_nonce": hello.nonce,
        "way": hello.way,
    })  # fmt: skip


def _write(carrier: Carrier, message: Record, deadline: float) -> None:
    content = canonical(message.model_dump(mode="json"))
    rest = _LENGTH.pack(len(content)) + content
    try:
        while rest:
            carrier.settimeout(max(0.01, deadline - time.monotonic()))
            rest = rest[carrier.send(rest) :]
    except (OSError, EOFError) as error:
        raise ConnectionLostError("The connection broke while the two ends greeted each other.") from error


def _read(carrier: Carrier, kind: type[_T], deadline: float) -> _T:
    try:
        (length,) = _LENGTH.unpack(_exactly(carrier, _LENGTH.size, deadline))
        if length > _LONGEST:
            raise StrangerError("What came is no greeting.")
        return kind.model_validate_json(_exactly(carrier, length, deadline))
    except (ValidationError, KeyTextError) as error:
        raise StrangerError("What came is no greeting.") from error
    except (OSError, EOFError) as error:
        raise ConnectionLostError("The other end did not greet in time.") from error


def _exactly(carrier: Carrier, size: int, deadline: float) -> bytes:
    content = b""
    while len(content) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ConnectionLostError("The other end did not greet in time.")
        carrier.settimeout(left)
        part = carrier.recv(size - len(content))
        if not part:
            raise EOFError
        content += part
    return content
