"""Carries the events of service objects, which come on their own threads, over to the Qt thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """Call it from any thread with an event: `handle` gets it on the Qt thread, in order, until `close`."""

    _arrived = Signal(object)

    def __init__(self, handle: Callable[[Any], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handle: Callable[[Any], None] | None = handle
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def __call__(self, event: object) -> None:
        """Take an event over. Any thread; never blocks."""
        if self._handle is not None:
            self._arrived.emit(event)

    def close(self) -> None:
        """Hand nothing over from now on. Qt thread."""
        self._handle = None

    @Slot(object)
    def _deliver(self, event: object) -> None:
        if self._handle is not None:
            self._handle(event)
