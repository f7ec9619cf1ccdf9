"""The technician's side: one try with the code that the customer read out."""

from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from app.remote.errors import BusyError, NoAnswerError, NotInvitedError, WrongCodeError
from app.remote.pairing.code import Code
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.messages import Answer, Burned, Busy, Confirmed, Uninvited, read, write
from app.remote.pairing.steps import Opening, Paired, Subject

_Wanted = TypeVar("_Wanted", Answer, Confirmed)


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How long to wait for the customer's two messages, in seconds each."""

    answer_seconds: float = 20
    proof_seconds: float = 30


def pair(
    code: Code,
    subject: Subject,
    *,
    name: str,
    key: str,
    mailbox: Mailbox,
    limits: AnswerLimits | None = None,
) -> Paired:
    """Try the code once; waits for the customer's computer. `key` is our inner public key, `name` what they see.

    Raises `WrongCodeError` (the code is burnt: ask for the fresh one), `NotInvitedError` (likewise), `NoAnswerError`,
    `BusyError` (not burnt), `PairingFraudError`, `ValueError` for a name or key that is none, and what the mailbox
    raises.
    """
    limits = limits or AnswerLimits()
    opening = Opening.begin(subject, code, name, key)
    attempt = opening.hello.attempt
    mailbox.post(write(opening.hello))
    answer = _reply(mailbox, attempt, Answer, limits.answer_seconds)
    if not isinstance(answer, Answer):
        raise WrongCodeError
    proving = opening.answered(answer)
    mailbox.post(write(proving.confirm))
    reply = _reply(mailbox, attempt, Confirmed, limits.proof_seconds)
    if isinstance(reply, Uninvited):
        raise NotInvitedError(name)
    return proving.confirmed(reply)


def _reply(mailbox: Mailbox, attempt: str, wanted: type[_Wanted], seconds: float) -> _Wanted | Burned | Uninvited:
    """The customer's reply to this attempt; what is for others, out of turn or no message is passed over."""
    deadline = monotonic() + seconds
    while (left := deadline - monotonic()) > 0:
        untrusted_body = mailbox.next(left)
        message = None if untrusted_body is None else read(untrusted_body)
        if message is None or message.attempt != attempt:
            continue
        if isinstance(message, Busy):
            raise BusyError
        if isinstance(message, (wanted, Burned, Uninvited)):
            return message
    raise NoAnswerError
