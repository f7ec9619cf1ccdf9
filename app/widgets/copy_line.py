"""A line to take elsewhere: it can be read, chosen letter by letter, and copied with one button."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import quiet
from app.widgets.fields import text_line
from app.widgets.icons import Icon
from app.widgets.layouts import row

_COPIED_MILLISECONDS = 2000


class CopyLine(QWidget):
    """`called` says what the line is, for those who listen. The button is `NAMECopy` where `name` is the line's.

    Only the person at this window puts it on the clipboard.
    """

    def __init__(self, name: str, called: str) -> None:
        super().__init__()
        self._called = called
        self._line = text_line(name, called)
        self._line.setReadOnly(True)
        self._copy = quiet(_("Copy"), f"{name}Copy", Icon.COPY)
        self._name_button(_("Copy"))
        self._back = QTimer(self, interval=_COPIED_MILLISECONDS, singleShot=True)
        self._back.timeout.connect(lambda: self._name_button(_("Copy")))
        parts = row(self._line, self._copy, gap=theme.TIGHT)
        parts.setStretch(0, 1)
        self.setLayout(parts)
        self._copy.clicked.connect(self._copy_it)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard meets here, in order."""
        return (self._line, self._copy)

    def show_text(self, text: str) -> None:
        """Show this, from its beginning."""
        self._line.setText(text)
        self._line.setCursorPosition(0)

    def take_up(self) -> None:
        """Go there, with all of it chosen."""
        self._line.setFocus()
        self._line.selectAll()

    def narrow(self, width: int) -> None:
        """Take no more room than this for the line."""
        self._line.setFixedWidth(width)

    def _copy_it(self) -> None:
        QGuiApplication.clipboard().setText(self._line.text())
        self._name_button(_("Copied"))
        self._back.start()

    def _name_button(self, text: str) -> None:
        self._copy.rename(text)
        self._copy.setAccessibleName(f"{text}: {self._called}")
