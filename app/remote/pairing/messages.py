"""The messages of the pairing: small canonical JSON, read strictly.

technician: hello    -> customer: answer | busy | burned
technician: confirm  -> customer: confirmed | burned | uninvited
"""

import base64
import binascii
import json
import secrets
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from app.domain.records import Record, Sha256
from app.remote.errors import KeyTextError
from app.remote.keys import parse_public

MAX_BYTES = 4096
_PAKE_BYTES = 33  # SPAKE2's side and a point of the curve


def _pake(text: str) -> str:
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if len(content) != _PAKE_BYTES or base64.b64encode(content).decode() != text:
        raise ValueError("no SPAKE2 message")
    return text


def _key(text: str) -> str:
    try:
        parse_public(text)
    except KeyTextError as error:
        raise ValueError("no key") from error
    return text


def _name(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("no name")
    return text


Pake = Annotated[str, Field(max_length=60), AfterValidator(_pake)]
PublicKey = Annotated[str, Field(max_length=120), AfterValidator(_key)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_name)]
Attempt = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Message(Record):
    attempt: Attempt


class Hello(_Message):
    """A technician begins an attempt: their half of SPAKE2, their inner public key, their name."""

    kind: Literal["hello"] = "hello"
    v: Literal[1] = 1
    pake: Pake
    key: PublicKey
    name: Name


class Answer(_Message):
    """The customer's half, and the host key of the embedded server."""

    kind: Literal["answer"] = "answer"
    pake: Pake
    key: PublicKey


class Confirm(_Message):
    """The technician proves to have used the right code, over everything said so far."""

    kind: Literal["confirm"] = "confirm"
    mac: Sha256


class Confirmed(_Message):
    """The customer's proof in return."""

    kind: Literal["confirmed"] = "confirmed"
    mac: Sha256


class Burned(_Message):
    """The code was wrong or is used up."""

    kind: Literal["burned"] = "burned"


class Uninvited(_Message):
    """The code was right and is used up: the customer invited somebody of another name."""

    kind: Literal["uninvited"] = "uninvited"


class Busy(_Message):
    """Another technician's attempt is under way; nothing was burnt."""

    kind: Literal["busy"] = "busy"


Message = Hello | Answer | Confirm | Confirmed | Burned | Uninvited | Busy
_READER: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def new_attempt() -> str:
    """An id for one attempt: 128 random bits."""
    return secrets.token_hex(16)


def write(message: Message) -> bytes:
    """The message as bytes."""
    return canonical(message.model_dump(mode="json"))


def read(untrusted_body: bytes) -> Message | None:
    """The message, or None for anything that is not exactly one."""
    if len(untrusted_body) > MAX_BYTES:
        return None
    try:
        message = _READER.validate_python(json.loads(untrusted_body))
        return message if write(message) == untrusted_body else None
    except (ValueError, ValidationError, RecursionError, rfc8785.CanonicalizationError):
        return None


def canonical(value: dict[str, Any]) -> bytes:
    """RFC 8785 JSON: what is signed or proved has one spelling."""
    return rfc8785.dumps(value)
