"""What sync needs of the local store. The encrypted store fulfils it; sync knows no more of it than this."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.domain.events import Confirmed, Event
from app.domain.progress import Standing


class LocalStore(Protocol):
    """A device's own log. Methods block, and may be called from any thread."""

    def outbox(self, limit: int) -> Sequence[Event]:
        """This device's events that are neither confirmed nor refused, in `device_seq` order, at most `limit`."""

    def accept(self, accepted: Sequence[tuple[UUID, int]]) -> None:
        """These events of ours are confirmed with these versions: they leave the outbox, in one transaction."""

    def refuse(self, event_id: UUID, reason: str) -> None:
        """This event of ours was refused: it leaves the outbox and is kept with the reason."""

    def receive(self, confirmed: Sequence[Confirmed], cursor: str) -> int:
        """Keep these events and the cursor in one transaction. Returns how many were new here."""

    def standing(self) -> Standing:
        """What waits on this device: to be sent, and to be decided."""

    def cursor(self) -> str | None:
        """How far the service's log was read, or None before the first time."""

    def start_over(self) -> None:
        """The service's log is another one now (a restored backup): read it from the start.

        In one transaction: the cursor is forgotten, this device's confirmed events return to the outbox, and
        the blobs it made are marked for sending again. Nothing is removed.
        """

    def blob(self, sha256: str) -> bytes | None:
        """The content with this SHA-256, or None where it is not held."""

    def blobs_to_send(self) -> Sequence[str]:
        """The SHA-256 of what was made here and has not reached the service."""

    def blob_sent(self, sha256: str) -> None:
        """The service holds this blob."""

    def blobs_missing(self) -> Sequence[str]:
        """The SHA-256 of what events name and this device does not hold."""

    def receive_blob(self, content: bytes) -> str:
        """Keep content that came from the service. Returns its SHA-256."""
