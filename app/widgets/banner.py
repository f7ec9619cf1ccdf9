"""A calm message across a page: what is the matter, and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame

from app.widgets import theme
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import row

_ICONS = {"ok": Icon.CHECK, "notice": Icon.WARNING, "problem": Icon.PROBLEM}


class Banner(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, name: str = "banner") -> None:
        super().__init__()
        self.setProperty("part", "banner")
        self.setObjectName(name)
        self._mark = IconMark(Icon.WARNING, "notice", theme.MARK)
        self._text = Label()
        line = row(self._mark, self._text, margin=theme.SNUG)
        line.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or nothing."""
        return self._text.text()

    def say(self, text: str, level: str = "problem") -> None:
        """Show this sentence. `level` is ok, notice or problem."""
        self.setProperty("level", level)
        self._mark.show_icon(_ICONS[level], level)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def show_text(self, text: str) -> None:
        """Show this text from now on, without telling those who listen once more: a time that passes, say."""
        self._text.setText(text)

    def clear(self) -> None:
        """Nothing is the matter any more."""
        self._text.clear()
        self.hide()
