"""Make what colleagues recorded searchable, once it is on this machine."""

import logging

from app.domain.progress import Progress, Report, Unit, Work, silent
from app.flows.party import Party
from app.remote.errors import RecordingError
from app.remote.recording import searchable_text

log = logging.getLogger(__name__)


def index_recordings(party: Party, report: Report = silent) -> int:
    """Index the terminal output of every recording that is here and not yet indexed. Returns how many.

    A damaged recording is indexed as having no text, so that it is not tried again for ever. What `report` raises ends
    it; the next call goes on from there.
    """
    fresh = party.store.recordings_to_index()
    for place, recording in enumerate(fresh):
        report(Progress(Work.INDEX, place, len(fresh), Unit.FILES))
        content = party.store.blob(recording.sha256)
        if content is not None:
            text = _text(content)
            party.store.index_terminal(recording.case_id, recording.session, recording.at, text)
    return len(fresh)


def _text(untrusted_recording: bytes) -> str:
    try:
        return searchable_text(untrusted_recording)
    except RecordingError as error:
        log.warning("a recording cannot be read: %s", error)
        return ""
