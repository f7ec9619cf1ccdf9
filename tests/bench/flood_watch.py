"""Watches a window while something floods it: how often it is painted, and how long events wait for their turn."""

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QApplication


class Watch(QObject):
    """Shows the window and begins to watch it. `pictures` counts its paints, `waits` holds seconds. Qt thread."""

    _beat = Signal(float)

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__()
        self.pictures, self.waits = 0, list[float]()
        self._beat.connect(self._arrived, Qt.ConnectionType.QueuedConnection)
        view.viewport().installEventFilter(self)
        view.show()
        self.until_painted()
        self.pictures = 0

    def keep_beating(self, over: threading.Event, pause: float) -> None:
        """Send an event to the Qt thread each so many seconds, from a thread of its own, until it is over."""
        while not over.wait(pause):
            self._beat.emit(time.perf_counter())

    def until(self, happened: Callable[[], bool]) -> None:
        """Let the window live until then."""
        while not happened():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def until_painted(self) -> None:
        """Let the window live until it has been painted once more."""
        before = self.pictures
        self.until(lambda: self.pictures > before)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count paints, and let everything pass."""
        self.pictures += event.type() == QEvent.Type.Paint
        return False

    def _arrived(self, sent: float) -> None:
        self.waits.append(time.perf_counter() - sent)
