"""Play back what a session's terminal showed, with no network."""

from uuid import UUID

from app.flows.errors import BadInputError, NothingRecordedError
from app.flows.party import Party
from app.remote.recording import Recording, read_recording

__all__ = ["Recording", "load_recording", "named_session"]


def load_recording(party: Party, session_id: UUID) -> Recording:
    """The recording of a session, whoever made it. Raises `NothingRecordedError`."""
    session = party.store.session(session_id)
    content = party.store.blob(session.recording) if session and session.recording else None
    if content is None:
        raise NothingRecordedError
    return read_recording(content)


def named_session(untrusted_name: str) -> UUID:
    """The session that a person typed. Raises `BadInputError`."""
    try:
        return UUID(untrusted_name.strip())
    except ValueError as error:
        raise BadInputError(
            f"“{untrusted_name[:40]}” is no session. `bistand history` and `bistand case` show their ids."
        ) from error
