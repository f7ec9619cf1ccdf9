"""Play back what a session's terminal showed, with no network."""

from collections.abc import Iterator
from uuid import UUID

from app.flows.errors import BadInputError, NothingRecordedError
from app.flows.party import Party
from app.remote.recording import Frame, Header, read_frames, read_header

__all__ = ["Frame", "Header", "Recording", "load_recording", "named_session"]


class Recording:
    """A recording in memory. `header` tells the terminal's size; iterating gives its frames, in order."""

    def __init__(self, content: bytes) -> None:
        """Raises `RecordingError` where this is no recording."""
        self.header: Header = read_header(content)
        self._content = content

    def __iter__(self) -> Iterator[Frame]:
        return read_frames(self._content)


def load_recording(party: Party, session_id: UUID) -> Recording:
    """The recording of a session, whoever made it. Raises `NothingRecordedError`."""
    content = party.store.recording(session_id)
    if content is None:
        raise NothingRecordedError
    return Recording(content)


def named_session(untrusted_name: str) -> UUID:
    """The session that a person typed. Raises `BadInputError`."""
    try:
        return UUID(untrusted_name.strip())
    except ValueError as error:
        raise BadInputError(
            f"“{untrusted_name[:40]}” is no session. `bistand history` and `bistand case` show their ids."
        ) from error
