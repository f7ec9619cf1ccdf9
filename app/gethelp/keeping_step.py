"""Keeps the customer's computer and the provider in step while the window is open, and tells of it at its bottom.

What does it (HTTP and all) is loaded on a worker, once this computer is somebody's: a window opens without it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.flows.party import Party
from app.gethelp.in_step import InStep
from app.gethelp.not_taken import NotTaken
from app.gethelp.wording import provider_name
from app.widgets import theme
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs
from app.widgets.layouts import column

if TYPE_CHECKING:
    from app.flows.refused import Refused
    from app.flows.synchronise import SyncLoop, SyncState

_QUIET_PAGES = frozenset({"live", "code"})
"""Where the customer is at something that nothing may be put beside."""


class KeepingStep(QObject):
    """`part` is what stands at the bottom of the window. `start` as often as one likes; `close` after the jobs."""

    def __init__(self, party: Party, jobs: Jobs, refuge: QWidget) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._loop: SyncLoop | None = None
        self._started = False
        self._page = ""
        self._heard = False
        self._refused = 0
        self.in_step = InStep()
        self.not_taken = NotTaken(refuge)
        self._bridge = Bridge(self._tell, self)
        self.part = QWidget()
        card = column(self.not_taken)
        card.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.TIGHT)
        self.part.setLayout(column(card, self.in_step, gap=0))
        self.in_step.rest_asked.connect(lambda: self._have("rest"))
        self.in_step.go_on_asked.connect(lambda: self._have("go_on"))
        self.not_taken.again_asked.connect(self._try_again)
        self.not_taken.leave_asked.connect(self._leave)

    def start(self) -> None:
        """Begin, where this computer is somebody's and it has not begun."""
        if self._started or self._party.settings.me is None:
            return
        self._started = True
        self._jobs.run(self._begin, lambda _: None, lambda _: None)

    def show_page(self, name: str) -> None:
        """This page is in view."""
        self._page = name
        self._arrange()

    def end(self) -> None:
        """Tell nothing any more."""
        self._bridge.close()

    def close(self) -> None:
        """Stop. Called once the jobs are over."""
        if self._loop is not None:
            self._loop.close()

    def _begin(self) -> None:
        """On a worker."""
        from app.flows.synchronise import start_sync

        self._loop = start_sync(self._party, self._bridge)

    def _tell(self, state: SyncState) -> None:
        self._heard = True
        self.in_step.show_state(state, provider_name(self._party))
        if state.refused != self._refused:
            self._refused = state.refused
            self._look()
        self._arrange()

    def _arrange(self) -> None:
        loud = self._page not in _QUIET_PAGES
        self.in_step.setVisible(loud and self._heard)
        self.not_taken.setVisible(loud and self.not_taken.asks)

    def _look(self) -> None:
        from app.flows.refused import list_refused

        self._jobs.run(partial(list_refused, self._party), self._found, self.not_taken.fail)

    def _found(self, waiting: tuple[Refused, ...]) -> None:
        self.not_taken.show_refused(waiting, provider_name(self._party))
        self._arrange()

    def _try_again(self, refused: Refused) -> None:
        from app.flows.refused import amend_refused

        work = partial(amend_refused, self._party, refused)
        self._jobs.run(work, lambda _: self._decided(), self.not_taken.fail)

    def _leave(self, refused: Refused) -> None:
        from app.flows.refused import discard_refused

        work = partial(discard_refused, self._party, refused.id)
        self._jobs.run(work, lambda _: self._decided(), self.not_taken.fail)

    def _decided(self) -> None:
        self._look()
        if self._loop is not None:
            self._loop.nudge()  # it tells how much waits now

    def _have(self, what: str) -> None:
        """Rest, or go on. A worker does it: the loop may be amid telling something."""
        if (loop := self._loop) is not None:
            work = loop.rest if what == "rest" else loop.go_on
            self._jobs.run(work, lambda _: None, lambda _: None)
