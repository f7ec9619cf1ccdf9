"""Plays a window as a person would: finds controls by name, presses and types, waits for what appears, takes pictures.

The demo plays with it off screen. It goes through the very controls that people use, so a control that is hidden or
disabled cannot be pressed here either.
"""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QModelIndex, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListView, QWidget

from app.domain.errors import BistandError
from app.widgets.terminal.screen_view import ScreenView

_PATIENCE_SECONDS = 60.0
_GLANCE_MS = 15
Control = TypeVar("Control", bound=QWidget)
Seen = TypeVar("Seen")


class PlayerError(BistandError):
    """What should have appeared did not; the text names it."""


def _row(rows: QListView, place: int) -> QModelIndex | None:
    index = rows.model().index(place, 0)
    return index if index.isValid() else None


class Interrupts:
    """Ctrl-C as something to be asked for between two glances at a window.

    Python would raise it wherever it is, and inside one of Qt's callbacks that brings the program down.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before = signal.signal(signal.SIGINT, self._ask)

    def heed(self) -> None:
        """Raise `KeyboardInterrupt`, once for each time that it was asked for."""
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def close(self) -> None:
        """Let Ctrl-C do again what it did before."""
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, _signal: int, _frame: object) -> None:
        self._asked = True


class Player:
    """Plays one window, on the Qt thread."""

    def __init__(self, window: QWidget, interrupts: Interrupts) -> None:
        self.window = window
        self._interrupts = interrupts

    def find(self, kind: type[Control], name: str) -> Control:
        """The control of this name that can be used now. Waits for it; raises `PlayerError`."""

        def usable() -> Control | None:
            found = self.window.findChildren(kind, name)
            return next((one for one in found if one.isVisible() and one.isEnabled()), None)

        return self.until(usable, f"the control “{name}”")

    def press(self, name: str) -> None:
        """Click a button, a switch or a choice."""
        QTest.mouseClick(self.find(QAbstractButton, name), Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str) -> None:
        """Type into a field, in place of what stood there."""
        field = self.find(QWidget, name)
        field.setFocus()
        if isinstance(field, QLineEdit):
            field.selectAll()
        for line, words in enumerate(text.split("\n")):
            if line:
                QTest.keyClick(field, Qt.Key.Key_Return)
            QTest.keyClicks(field, words)

    def choose(self, name: str, place: int) -> None:
        """Click a row of a list, counted from 0; waits until it is there."""
        rows = self.find(QListView, name)
        index = self.until(lambda: _row(rows, place), f"row {place + 1} of “{name}”")
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(index).center())

    def pick(self, name: str, value: object) -> None:
        """Pick the choice that stands for this value."""
        select = self.find(QComboBox, name)
        place = select.findData(value)
        if place < 0:
            raise PlayerError(f"“{name}” has no choice {value}.")
        select.setCurrentIndex(place)

    def screen(self, name: str) -> str:
        """The text that a terminal shows."""
        return self.window.findChildren(ScreenView, name)[0].text()

    def meanwhile(self, work: Callable[[], Seen]) -> Seen:
        """Do something that blocks on a thread of its own, while the window lives."""
        with ThreadPoolExecutor(1, thread_name_prefix="player") as worker:
            under_way = worker.submit(work)
            self.until(under_way.done, "the work under way")
            return under_way.result()

    def until(self, look: Callable[[], Seen | None], what: str) -> Seen:
        """Let the window live until `look` gives something. Raises `PlayerError` naming `what` after a minute."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (seen := look()):
            if time.monotonic() > deadline:
                raise PlayerError(f"Waited for {what}, and it did not come.")
            self.live(_GLANCE_MS)
            self._interrupts.heed()
        return seen

    def live(self, milliseconds: int) -> None:
        """Let the window live for so long."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def picture(self, path: Path) -> None:
        """Take a picture of the window as it stands."""
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, QDeadlineTimer(200))
        if not self.window.grab().save(str(path)):
            raise PlayerError(f"The picture {path} could not be written.")
