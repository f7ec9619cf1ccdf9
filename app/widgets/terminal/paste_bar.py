"""Asks before a paste that would run by itself: over the terminal's last lines, not in a window of its own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.buttons import quiet
from app.widgets.labels import Label
from app.widgets.layouts import row

_LONGEST_SAMPLE = 60


class PasteBar(QFrame):
    """`answered` carries the text to paste, or nothing where the person thought better of it. Escape is no, too."""

    answered = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self.setObjectName("pasteBar")
        self.setProperty("part", "card")
        self._untrusted = ""
        self._said = Label()
        self._no, self._yes = quiet(_("Do not paste"), "pasteNo"), quiet(_("Paste"), "pasteYes")
        layout = row(self._said, self._no, self._yes, gap=theme.TIGHT, margin=theme.TIGHT)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._no.clicked.connect(lambda: self._answer(""))
        self._yes.clicked.connect(lambda: self._answer(self._untrusted))

    def ask(self, untrusted: str) -> None:
        """Ask whether this text shall be pasted. The keys go to the answer that does nothing."""
        self._untrusted = untrusted
        lines = untrusted.splitlines() or [""]
        said = ngettext(
            "This line runs as soon as it is pasted: {sample}",
            "These {count} lines run as soon as they are pasted: {sample}",
            len(lines),
        ).format(count=len(lines), sample=_sample(lines[0], more=len(lines) > 1))
        self._said.setText(said)
        self.setAccessibleName(said)
        self.show()
        self.raise_()
        self._no.setFocus()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape does not paste."""
        if event.key() == Qt.Key.Key_Escape:
            self._answer("")
        else:
            super().keyPressEvent(event)

    def _answer(self, text: str) -> None:
        self._untrusted = ""
        self.hide()
        self.answered.emit(text)


def _sample(line: str, *, more: bool) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in line.strip())
    return shown[:_LONGEST_SAMPLE] + ("…" if more or len(shown) > _LONGEST_SAMPLE else "")
