"""Make what colleagues recorded searchable, once it is on this machine."""

from app.flows.party import Party
from app.remote.recording import plain_text


def index_recordings(party: Party) -> int:
    """Index the terminal output of every recording that is here and not yet indexed. Returns how many."""
    fresh = party.store.recordings_to_index()
    for recording in fresh:
        content = party.store.blob(recording.sha256)
        if content is not None:
            text = plain_text(content)
            party.store.index_terminal(recording.case_id, recording.session, recording.at, text)
    return len(fresh)
