"""Who meets whom in a session, and how that is proved."""

from dataclasses import dataclass
from uuid import UUID

from paramiko import Ed25519Key

from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.steps import Subject
from app.remote.pairing.technician import AnswerLimits, pair


@dataclass(frozen=True, slots=True)
class Pinned:
    """Who meets whom, as the pairing proved it. `key` is the technician's own private key of this session."""

    session: UUID
    case: UUID
    technician: str
    customer_key: str
    key: Ed25519Key


def pin(
    session: UUID, case: UUID, name: str, code: str, mailbox: Mailbox, limits: AnswerLimits | None = None
) -> Pinned:
    """Pair with the customer by the code that they read out for `name`, with a fresh key.

    Raises the `PairingError` tree: a wrong code burns it, `CodeFormatError` does not.
    """
    key = new_key()
    subject = Subject(session=session, case=case)
    paired = pair(Code.parse(code), subject, name=name, key=public_text(key), mailbox=mailbox, limits=limits)
    return Pinned(session, case, paired.technician_name, paired.customer_key, key)
