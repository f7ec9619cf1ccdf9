"""The line to propose a solution with. Only the customer closes (rule 10)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.desk.note_line import certainty_select, put_below
from app.domain.events import Certainty
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import primary
from app.widgets.fields import text_area
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import column, row


class SolutionLine(QWidget):
    """`proposed` carries the text and how sure the technician is."""

    proposed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._text = text_area(
            "resolveText", _("What solved it"), _("What solved it, so that the customer understands")
        )
        self._text.setFixedHeight(theme.NOTE_HEIGHT)
        self._certainty = certainty_select("resolveCertainty")
        resolve = primary(_("Propose as solved"), "resolve", Icon.ANSWER)
        told = line(_("The customer confirms or says no."), "quiet")
        self.setLayout(column(self._text, row(self._certainty, told, None, resolve, gap=theme.TIGHT), gap=theme.TIGHT))
        resolve.clicked.connect(lambda: self.proposed.emit(self._text.toPlainText(), self._certainty.currentData()))

    def take_back(self, text: str, certainty: Certainty) -> None:
        """Have this to be proposed anew, below what stands here already."""
        put_below(self._text, text)
        self._certainty.setCurrentIndex(self._certainty.findData(certainty))
        self._text.setFocus()

    def let_go(self, text: str) -> None:
        """It is not proposed anew after all: the text goes, unless more was written with it."""
        if self._text.toPlainText() == text:
            self.clear()

    def clear(self) -> None:
        """It is on record."""
        self._text.clear()
