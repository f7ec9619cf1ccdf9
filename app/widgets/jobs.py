"""Runs finite plain functions on worker threads and hands their results back on the Qt thread."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.errors import BistandError
from app.system.translations import _

_log = logging.getLogger(__name__)
_WORKERS = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Finished:
    """A job's end, on its way to the Qt thread."""

    deliver: Callable[[Any], None]
    value: Any


class Jobs(QObject):
    """The workers of one window. Made, used and closed on the Qt thread.

    A finished job's `done` or `failed` is called on the Qt thread, never after `close`.
    """

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="window-job")
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]) -> None:
        """Call `work` on a worker; then `done` with its result, or `failed` with a sentence for the person.

        An error that is not a `BistandError` is logged with its traceback, and told calmly.
        """
        if not self._closed:
            self._pool.submit(self._work, work, done, failed)

    def close(self) -> None:
        """Let jobs under way end, drop their results, and end the workers. Closing twice is fine."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        try:
            finished = _Finished(done, work())
        except Exception as error:  # noqa: BLE001 - whatever a job ends with is told, on the Qt thread
            finished = _Finished(failed, explain(error))
        self._finished.emit(finished)

    @Slot(object)
    def _deliver(self, finished: _Finished) -> None:
        if not self._closed:
            finished.deliver(finished.value)


def explain(error: Exception) -> str:
    """The sentence that a person reads about an error. One that nobody foresaw goes to the log first."""
    if isinstance(error, BistandError):
        return str(error)
    _log.error("A job failed in a way that nobody foresaw", exc_info=error)
    return _("Something went wrong inside Bistand. Nothing you wrote is lost. Please try again.")
