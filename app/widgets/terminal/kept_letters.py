"""Keeps the size of a terminal's letters from one start to the next."""

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from app.widgets.jobs import Jobs
from app.widgets.terminal.screen_view import ScreenView

_log = logging.getLogger(__name__)


class KeptLetters(QObject):
    """Has `view` take the size that `read` gives, and hands what the person chooses to `write`, one at a time.

    Both are called by a job. The view bounds what was read. A size that cannot be kept holds until the window closes.
    """

    def __init__(self, view: ScreenView, jobs: Jobs, read: Callable[[], int], write: Callable[[int], None]) -> None:
        super().__init__(view)
        self._view = view
        self._jobs = jobs
        self._write = write
        self._chosen: int | None = None
        self._kept: int | None = None
        self._writing = False
        view.type_chosen.connect(self._take)
        jobs.run(read, self._was, _log.warning)

    def _was(self, size: int) -> None:
        """It was read; whoever has chosen meanwhile is not overruled."""
        if self._chosen is None:
            self._kept = size
            self._view.set_type(size)

    def _take(self, size: int) -> None:
        self._chosen = size
        self._keep()

    def _keep(self) -> None:
        """One at a time: the last one chosen must be the last one written."""
        size = self._chosen
        if size is not None and size != self._kept and not self._writing:
            self._writing, self._kept = True, size
            self._jobs.run(partial(self._write, size), lambda _: self._written(), self._not_written)

    def _not_written(self, why: str) -> None:
        _log.warning("The size of the terminal's letters is not kept: %s", why)
        self._written()

    def _written(self) -> None:
        self._writing = False
        self._keep()
