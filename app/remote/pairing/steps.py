"""The steps of one attempt, each a frozen object whose method gives the next: they cannot be taken out of order.

technician: Opening -> Proving -> Paired            customer: Offer -> Answered -> Accepted

Both prove the same transcript: who, what case and session, this attempt, both halves of SPAKE2 and both public keys.
Whoever changes one byte of it on the way ends the attempt, and the code with it.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from spake2 import SPAKE2_A, SPAKE2_B

from app.remote.errors import PairingFraudError, WrongCodeError
from app.remote.keys import same_key
from app.remote.pairing.code import Code
from app.remote.pairing.messages import Answer, Burned, Confirm, Confirmed, Hello, canonical, new_attempt

_APP = "bistand"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Subject:
    """What the pairing is about; both sides know it without being told."""

    session: UUID
    case: UUID

    def role(self, name: str) -> bytes:
        """The identity of one role in SPAKE2."""
        return canonical({"app": _APP, "case": str(self.case), "role": name, "session": str(self.session)})


@dataclass(frozen=True, slots=True)
class Paired:
    """Both sides hold the same: the technician's name and both public keys (`ssh-ed25519 AAAA...`)."""

    technician_name: str
    technician_key: str
    customer_key: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The technician's first step. Used once: SPAKE2 refuses a second answer."""

    subject: Subject
    hello: Hello
    _spake: Any = field(repr=False)

    @classmethod
    def begin(cls, subject: Subject, code: Code, name: str, key: str) -> Self:
        """Begin an attempt with the code that the customer read out.

        Raises `ValueError` for a name or key that is none.
        """
        spake = SPAKE2_A(code.digits.encode(), subject.role("technician"), subject.role("customer"))
        hello = Hello(attempt=new_attempt(), pake=base64.b64encode(spake.start()).decode(), key=key, name=name)
        return cls(subject, hello, spake)

    def answered(self, untrusted_answer: Answer) -> "Proving":
        """The customer's half came. Raises `PairingFraudError` where it can come from no honest customer."""
        if untrusted_answer.attempt != self.hello.attempt or same_key(untrusted_answer.key, self.hello.key):
            raise PairingFraudError
        try:
            secret = self._spake.finish(base64.b64decode(untrusted_answer.pake))
        except Exception as error:  # spake2 raises whatever its arithmetic meets in a hostile point
            raise PairingFraudError from error
        proofs = _Proofs(self.subject, self.hello, untrusted_answer, secret)
        confirm = Confirm(attempt=self.hello.attempt, mac=proofs.of("technician"))
        return Proving(confirm, _paired(self.hello, untrusted_answer), proofs)


@dataclass(frozen=True, slots=True)
class Proving:
    """The technician has proved themselves by `confirm` and waits for the customer's proof."""

    confirm: Confirm
    _paired: Paired
    _proofs: "_Proofs"

    def confirmed(self, untrusted_reply: Confirmed | Burned) -> Paired:
        """Who we are paired with. Raises `WrongCodeError` where the code was burnt, `PairingFraudError` where the
        proof does not hold."""
        if isinstance(untrusted_reply, Burned):
            raise WrongCodeError
        if untrusted_reply.attempt != self.confirm.attempt or not self._proofs.hold("customer", untrusted_reply.mac):
            raise PairingFraudError
        return self._paired


@dataclass(frozen=True, slots=True)
class Offer:
    """The customer's first step: a code that is shown. Used once."""

    subject: Subject
    code: Code = field(repr=False)
    _key: str
    _spake: Any = field(repr=False)
    _pake: str = field(repr=False)

    @classmethod
    def begin(cls, subject: Subject, key: str) -> Self:
        """A fresh code for this session. `key` is the embedded server's public host key."""
        code = Code.fresh()
        spake = SPAKE2_B(code.digits.encode(), subject.role("technician"), subject.role("customer"))
        return cls(subject, code, key, spake, base64.b64encode(spake.start()).decode())

    def greeted(self, untrusted_hello: Hello) -> "Answered":
        """A technician began. Raises `PairingFraudError` for what no honest one says; the code is used then too."""
        if same_key(untrusted_hello.key, self._key):
            raise PairingFraudError
        try:
            secret = self._spake.finish(base64.b64decode(untrusted_hello.pake))
        except Exception as error:  # spake2 raises whatever its arithmetic meets in a hostile point
            raise PairingFraudError from error
        answer = Answer(attempt=untrusted_hello.attempt, pake=self._pake, key=self._key)
        return Answered(
            answer, _paired(untrusted_hello, answer), _Proofs(self.subject, untrusted_hello, answer, secret)
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """The customer has answered and waits for the technician's proof, which comes first."""

    answer: Answer
    _paired: Paired
    _proofs: "_Proofs"

    def proved(self, untrusted_confirm: Confirm) -> "Accepted":
        """Raises `WrongCodeError` where the proof does not hold: the code is burnt, and nothing was given away."""
        if untrusted_confirm.attempt != self.answer.attempt or not self._proofs.hold(
            "technician", untrusted_confirm.mac
        ):
            raise WrongCodeError
        return Accepted(Confirmed(attempt=self.answer.attempt, mac=self._proofs.of("customer")), self._paired)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The technician is who the customer speaks with; `confirmed` tells them so."""

    confirmed: Confirmed
    paired: Paired


class _Proofs:
    """Proofs over the transcript, a key of its own for each side."""

    def __init__(self, subject: Subject, hello: Hello, answer: Answer, secret: bytes) -> None:
        self._secret = secret
        self._transcript = hashlib.sha256(
            canonical(
                {
                    "app": _APP,
                    "version": _VERSION,
                    "session": str(subject.session),
                    "case": str(subject.case),
                    "attempt": hello.attempt,
                    "technician_pake": hello.pake,
                    "customer_pake": answer.pake,
                    "technician_key": hello.key,
                    "customer_key": answer.key,
                    "technician": hello.name,
                }
            )
        ).digest()

    def of(self, side: str) -> str:
        """This side's proof, in hexadecimal."""
        label = f"{_APP} pairing {_VERSION} {side}".encode()
        key = HKDF(SHA256(), length=32, salt=None, info=label).derive(self._secret)
        return hmac.digest(key, label + b"\n" + self._transcript, "sha256").hex()

    def hold(self, side: str, untrusted_mac: str) -> bool:
        """Whether it is this side's proof. Takes the same time wherever it differs."""
        return hmac.compare_digest(self.of(side).encode(), untrusted_mac.encode())


def _paired(hello: Hello, answer: Answer) -> Paired:
    return Paired(technician_name=hello.name, technician_key=hello.key, customer_key=answer.key)
