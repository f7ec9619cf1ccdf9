"""Keeps this machine and the service the same while the desk is open, and has the status line tell of it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.desk.status_line import StatusLine
from app.domain.errors import BistandError
from app.flows.party import Party
from app.flows.synchronise import SyncLoop, SyncState, last_synced, start_sync
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs

_READ_EVERY_MS = 1000
"""How often the lists follow while long work goes on."""


class Syncing(QObject):
    """`changed` tells that what is on this machine may be another than before."""

    changed = Signal()

    def __init__(self, party: Party, jobs: Jobs, status: StatusLine, say: Callable[[str], None]) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._status = status
        self._say = say
        self._loop: SyncLoop | None = None
        self._bridge = Bridge(self._heard, self)
        self._reading = QTimer(self, interval=_READ_EVERY_MS, singleShot=True)
        self._reading.timeout.connect(self.changed)
        status.work.stop_asked.connect(partial(self._have, SyncLoop.rest))
        status.work.go_on_asked.connect(partial(self._have, SyncLoop.go_on))

    def start(self) -> None:
        """Begin, and tell when both were last the same."""
        self._jobs.run(partial(last_synced, self._party), self._status.remember, self._say)
        try:
            self._loop = start_sync(self._party, self._bridge)
        except BistandError as error:
            self._say(str(error))

    def nudge(self) -> None:
        """Something was decided here: the count of what waits is another one."""
        if self._loop is not None:
            self._loop.nudge()

    def close(self) -> None:
        """Stop. Closing twice is fine."""
        self._reading.stop()
        self._bridge.close()
        if self._loop is not None:
            self._loop.close()

    def _heard(self, state: SyncState) -> None:
        self._status.show_state(state)
        if state.progress is None:
            self._reading.stop()
            self.changed.emit()
        elif not self._reading.isActive():
            self._reading.start()

    def _have(self, what: Callable[[SyncLoop], None]) -> None:
        """Stop the work, or go on with it. A worker does it: the loop may be amid telling something."""
        if (loop := self._loop) is not None:
            self._jobs.run(partial(what, loop), lambda _: None, self._say)
