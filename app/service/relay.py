"""What the service needs of a relay: to let two parties in for one session, and to put them out again."""

from typing import Protocol
from uuid import UUID

from app.domain.relay import Door, RelayLoad


class RelayControl(Protocol):
    """A relay that this service may steer. Methods block, and may be called from any thread."""

    def admit_customer(self, session: UUID, key: str) -> Door:
        """Let the customer's link in. `key` is an OpenSSH public key. A repeated call takes the earlier key's place."""

    def admit_technician(self, session: UUID, key: str) -> Door:
        """Let a technician's link in. `key` is an OpenSSH public key."""

    def expel(self, session: UUID) -> None:
        """Take away both parties' keys and end their connections. Nothing happens where there are none."""


class OwnRelay(RelayControl, Protocol):
    """The relay that runs inside the service's program."""

    @property
    def is_open(self) -> bool:
        """Whether anybody can come in there."""

    @property
    def sessions(self) -> int:
        """How many sessions it holds."""

    @property
    def load(self) -> RelayLoad:
        """What it carries, and what it has done."""
