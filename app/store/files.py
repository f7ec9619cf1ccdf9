"""Files in a store: what was made here and is to be sent, what is to be fetched, and the recordings among them."""

from datetime import datetime
from uuid import UUID

from app.store import blob_parts, blobs, passages
from app.store.access import Access, holds
from app.store.connection import Connection
from app.store.records import RecordingToIndex


class Files(Access):
    """The part of a store that is about files. All are told apart by their SHA-256."""

    def put_blob(self, content: bytes) -> str:
        """Keep content that was made here, to be sent. Returns its SHA-256."""
        return self._write(lambda connection: blobs.put(connection, content, own=True))

    def receive_blob(self, content: bytes) -> str:
        """Keep content that came from the service. Returns its SHA-256."""
        return self._write(lambda connection: blobs.put(connection, content, own=False))

    def blob(self, sha256: str) -> bytes | None:
        """The content with this SHA-256, or None where it is not held."""
        return self._read(lambda connection: blobs.get(connection, sha256))

    def blobs_to_send(self) -> tuple[str, ...]:
        """The SHA-256 of what was made here and has not reached the service, oldest first."""
        return self._read(blobs.to_send)

    def blob_sent(self, sha256: str, restarts: int | None = None) -> None:
        """The service holds this blob. `restarts` as for `accept`."""

        def job(connection: Connection) -> None:
            if holds(connection, restarts):
                blobs.mark_sent(connection, sha256)

        self._write(job)

    def blobs_missing(self, limit: int = 1000, after: str = "") -> tuple[str, ...]:
        """The SHA-256 of what events name and is not held here, in order: what follows `after`, at most `limit`."""
        return self._read(lambda connection: blobs.missing(connection, limit, after))

    def missing_count(self) -> int:
        """How many files events name that are not held here."""
        return self._read(blobs.missing_count)

    def part_of_blob(self, sha256: str) -> tuple[int, int | None]:
        """How many bytes have come of a blob that is to be fetched, and how many there are in all, if that is known."""
        return self._read(lambda connection: blob_parts.standing(connection, sha256))

    def add_to_blob(self, sha256: str, start: int, piece: bytes, size: int) -> int:
        """Keep a piece, `size` being the whole's, where it goes on from what is here. Returns how much is here then."""
        return self._write(lambda connection: blob_parts.add(connection, sha256, start, piece, size))

    def finish_blob(self, sha256: str) -> bool:
        """All pieces are here: keep the blob. False where they are not what it says; then they are gone."""

        def job(connection: Connection) -> bool:
            if blobs.holds(connection, sha256):
                return True
            content = blob_parts.whole(connection, sha256)
            if content is not None:
                blobs.put(connection, content, own=False)
            else:
                blob_parts.drop(connection, sha256)
            return content is not None

        return self._write(job)

    def drop_blob(self, sha256: str) -> None:
        """Whatever has come of this blob is not wanted any more."""
        self._write(lambda connection: blob_parts.drop(connection, sha256))

    def recording(self, session: UUID) -> bytes | None:
        """The recording of this session (asciicast v2), or None where it is not held."""
        return self._read(lambda connection: blobs.recording(connection, session))

    def recordings_to_index(self) -> tuple[RecordingToIndex, ...]:
        """The recordings that are here and of which `index_terminal` was not told, oldest first."""
        return self._read(blobs.recordings_to_index)

    def index_terminal(self, case_id: UUID, session: UUID, at: datetime, text: str) -> None:
        """Make a session's terminal output searchable. `at` is UTC, `text` plain. Again replaces what was there."""

        def job(connection: Connection) -> None:
            passages.index_terminal(connection, case_id, session, at, text)
            blobs.mark_indexed(connection, session)

        self._write(job)
