"""A small program that shows one window, tells its first paint, and ends: `gethelp`, or `bare` for comparison.

    python -m tests.bench.first_paint WHICH

It says `painted` at the first paint of the window, and `ready` at the first paint of what a person can work with:
for the bare window that is the same. The row `cold_start` runs it and takes the times from outside, Python's own
start included.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstPaint(QObject):
    """Calls `then` once the window that it watches has been painted."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look out for the first paint, and let everything pass."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)  # once this paint is over
        return False


def painted() -> None:
    """The window is on the screen."""
    print("painted", flush=True)


def ready() -> None:
    """So is what a person works with."""
    print("ready", flush=True)
    QApplication.quit()


def show_bare() -> None:
    """The peer: a window with nothing in it."""
    _application = QApplication([])
    window = QWidget()

    def both() -> None:
        painted()
        ready()

    FirstPaint(window, both)
    window.show()
    QApplication.exec()
    window.close()


def show_gethelp() -> None:
    """Ours: the customer's window on a throw-away store, loaded and made as the command does it."""
    from app.cli import gethelp, main  # noqa: F401 - the command's own modules, before it shows anything
    from app.gethelp.opening import Opening
    from app.widgets.application import application
    from app.wiring import open_party

    application()
    with ExitStack() as closing:
        window = Opening(lambda: closing.enter_context(open_party(ephemeral=True)))
        window.opened.connect(lambda inside: FirstPaint(inside, ready))
        FirstPaint(window, painted)
        window.show()
        QApplication.exec()
        window.close()


if __name__ == "__main__":
    {"bare": show_bare, "gethelp": show_gethelp}[sys.argv[1]]()
