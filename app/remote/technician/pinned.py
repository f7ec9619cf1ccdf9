"""Who meets whom in a session."""

from dataclasses import dataclass
from uuid import UUID

from paramiko import Ed25519Key


@dataclass(frozen=True, slots=True)
class Pinned:
    """Who meets whom, as the pairing proved it. `key` is the technician's own private key of this session."""

    session: UUID
    case: UUID
    technician: str
    customer_key: str
    key: Ed25519Key
