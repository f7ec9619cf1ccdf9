"""A small program that shows one window, says so at its first paint, and ends: `gethelp`, or `bare` for comparison.

    python -m tests.bench.first_paint WHICH

The row `cold_start` runs it and takes the time from outside, Python's own start included.
"""

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FirstPaint(QObject):
    """Prints one line once the window that it watches has been painted, and ends the program."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look out for the first paint, and let everything pass."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)  # once this paint is over
        return False

    def _tell(self) -> None:
        print("painted", flush=True)
        QApplication.quit()


def watch(window: QWidget) -> None:
    """Show the window until it has been painted."""
    watcher = FirstPaint()
    window.installEventFilter(watcher)
    window.show()
    QApplication.exec()
    window.close()


def show_bare() -> None:
    """The peer: a window with nothing in it."""
    _application = QApplication([])
    watch(QWidget())


def show_gethelp() -> None:
    """Ours: the customer's window on a throw-away store, made as the command makes it."""
    from app.gethelp.window import GetHelpWindow
    from app.wiring import open_party

    with open_party(ephemeral=True) as party:
        _application = QApplication([])
        watch(GetHelpWindow(party))


if __name__ == "__main__":
    {"bare": show_bare, "gethelp": show_gethelp}[sys.argv[1]]()
