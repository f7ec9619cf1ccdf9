"""What sync needs of the local store. The encrypted store fulfils it; sync knows no more of it than this."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.domain.entry import Entry
from app.domain.events import Confirmed, Event
from app.domain.progress import Standing


class LocalStore(Protocol):
    """A device's own log. Methods block, and may be called from any thread."""

    def outbox(self, limit: int) -> Sequence[Event]:
        """This device's events that are neither confirmed nor refused, in `device_seq` order, at most `limit`."""

    def lost(self, limit: int) -> Sequence[Confirmed]:
        """What an earlier log of the service had and the one of now has not, oldest first, at most `limit`.

        Others' events too. What builds upon them stays out of the outbox until they are given back.
        """

    def restarts(self) -> int:
        """How often the service's log was another one than before."""

    def accept(self, accepted: Sequence[tuple[UUID, int]], restarts: int) -> None:
        """These events are confirmed with these versions: they leave the outbox, in one transaction.

        `restarts` is what `restarts()` told before the service was asked, here and below. Where it is more by now,
        the answer is of an earlier log: it is not kept, and the service is asked again.
        """

    def refuse(self, event_id: UUID, reason: str, restarts: int) -> None:
        """This event of ours was refused: it leaves the outbox and is kept with the reason."""

    def not_taken_back(self, event: Event, reason: str, restarts: int) -> None:
        """The service does not take this lost event back. One of ours goes into the outbox instead."""

    def receive(self, confirmed: Sequence[Entry], cursor: str, *, more: bool) -> int:
        """Keep these events and the cursor in one transaction. Returns how many were new here.

        Where there is `more` to come they are kept in the log alone: lists and search are to `follow`.
        """

    def to_follow(self) -> int:
        """How many events are in the log alone: lists and search do not tell of them yet."""

    def follow(self) -> None:
        """Have lists and search tell of the newest of them, some at a time."""

    def standing(self) -> Standing:
        """What waits on this device: to be sent, and to be decided."""

    def cursor(self) -> str | None:
        """How far the service's log was read, or None before the first time."""

    def start_over(self, cursor: str | None) -> None:
        """The service's log is another one (a restored backup) than was read up to this cursor: read it anew.

        In one transaction, and only if the cursor is still this one: it is forgotten, all that was confirmed is lost
        until it is read again, and the blobs made here are marked for sending again. Nothing is removed.
        """

    def blob(self, sha256: str) -> bytes | None:
        """The content with this SHA-256, or None where it is not held."""

    def blobs_to_send(self) -> Sequence[str]:
        """The SHA-256 of what was made here and has not reached the service."""

    def blob_sent(self, sha256: str, restarts: int) -> None:
        """The service holds this blob."""

    def blobs_missing(self, limit: int, after: str) -> Sequence[str]:
        """The SHA-256 of what events name and this device does not hold, in order: what follows `after`, so many."""

    def missing_count(self) -> int:
        """How many files that is in all."""

    def part_of_blob(self, sha256: str) -> tuple[int, int | None]:
        """How many bytes have come of a missing blob, and how many there are in all, if that is known."""

    def add_to_blob(self, sha256: str, start: int, piece: bytes, size: int) -> int:
        """Keep a piece, `size` being the whole's, where it goes on from what is here. Returns how much is here then."""

    def finish_blob(self, sha256: str) -> bool:
        """All pieces are here: hold the blob from now on. False where they are not what it says; then they are gone."""

    def drop_blob(self, sha256: str) -> None:
        """Whatever has come of this blob is not wanted any more."""

    def receive_blob(self, content: bytes) -> str:
        """Keep content that came from the service. Returns its SHA-256."""
