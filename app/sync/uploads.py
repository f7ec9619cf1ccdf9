"""Files on their way to the service, each ahead of the events that name it and in the order in which those go."""

import logging
from collections.abc import Callable, Sequence

from app.domain.events import Event, named_blobs
from app.domain.progress import Progress, Report, Unit, Work
from app.sync.errors import ServiceRefusedError, UnderWayError
from app.sync.http import Http
from app.sync.ports import LocalStore
from app.sync.transfers import is_there, send_blob

_log = logging.getLogger(__name__)
NO_ROOM = 507
_TOO_LARGE = 413


class Uploads:
    """The files of one run. What had no room or was left to another program is tried again with the next call.

    `no_room` has the service's words since the last call where it has no room for a file; `is_left` tells that another
    program is sending one at this moment.
    """

    def __init__(self, store: LocalStore, http: Http, report: Report, sent: Callable[[], None]) -> None:
        """`sent` is called for each that was made here and has come through."""
        self.no_room: ServiceRefusedError | None = None
        self.is_left = False
        self._store = store
        self._http = http
        self._report = report
        self._sent = sent
        self._settled: set[str] = set()  # the service holds it, or never will
        self._done, self._total = 0, store.standing().bytes

    def bring(self, events: Sequence[Event], restarts: int) -> Sequence[Event]:
        """Have the service hold the files that these name. Returns those from the start for which it does.

        A file that is too large for it does not hold up the event that names it: that is refused.
        """
        self.no_room, self.is_left = None, False
        unsent = frozenset(self._store.blobs_to_send()) if any(map(named_blobs, events)) else frozenset()
        for count, event in enumerate(events):
            for sha256 in named_blobs(event):
                if not self._bring(sha256, restarts, is_unsent=sha256 in unsent):
                    return events[:count]
        return events

    def bring_others(self, restarts: int) -> None:
        """Send what else was made here: no event that can go names it now, so nobody waits for it."""
        self.no_room, self.is_left = None, False
        for sha256 in self._store.blobs_to_send():
            self._bring(sha256, restarts, is_unsent=True)
            if self.no_room is not None:
                _log.info("files that no event needs yet stay here: %s", self.no_room.reason)
                return

    def _bring(self, sha256: str, restarts: int, *, is_unsent: bool) -> bool:
        """Have the service hold this one. False where that cannot be now."""
        if sha256 in self._settled:
            return True
        try:
            if is_unsent:
                self._send(sha256, restarts)
            elif not is_there(self._http, sha256):  # it keeps for a week what no event names
                self._send_again(sha256)
        except UnderWayError:
            self.is_left = True
            return False
        except ServiceRefusedError as error:
            if error.status == NO_ROOM:
                self.no_room = error
                return False
            if error.status != _TOO_LARGE:
                raise
            _log.warning("the service does not take %s: %s", sha256, error.reason)
        self._settled.add(sha256)
        return True

    def _send(self, sha256: str, restarts: int) -> None:
        content = self._store.blob(sha256) or b""
        before = self._done

        def told(done: int, _size: int) -> None:
            self._report(Progress(Work.UPLOAD, before + done, max(self._total, before + done), Unit.BYTES))

        if send_blob(self._http, content, told):
            self._sent()
        self._done += len(content)
        self._store.blob_sent(sha256, restarts)

    def _send_again(self, sha256: str) -> None:
        content = self._store.blob(sha256)
        if content is not None:
            send_blob(self._http, content, lambda done, _: self._report(_step(done)))


def _step(done: int) -> Progress:
    return Progress(Work.UPLOAD, done, done, Unit.BYTES)
