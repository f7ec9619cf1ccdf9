"""The line to write a note into, with how sure one is and who may read it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.desk.wording import CERTAINTY_ICONS, audience_word, certainty_word
from app.domain.events import Audience, Certainty
from app.system.translations import _
from app.widgets import icons, theme
from app.widgets.buttons import primary
from app.widgets.fields import text_area
from app.widgets.icons import Icon
from app.widgets.layouts import column, row
from app.widgets.select import Select


class NoteLine(QWidget):
    """`written` carries text, certainty and audience. The text stays until it is on record."""

    written = Signal(str, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._text = text_area("noteText", _("Note"), _("Note … what you saw, what you did"))
        self._text.setFixedHeight(theme.NOTE_HEIGHT)
        self._certainty = certainty_select("noteCertainty")
        self._audience = Select("noteAudience", _("Who may read it"))
        for audience in Audience:
            self._audience.addItem(audience_word(audience), audience)
        add = primary(_("Add note"), "addNote", Icon.NOTE)
        self.setLayout(
            column(self._text, row(self._certainty, self._audience, None, add, gap=theme.TIGHT), gap=theme.TIGHT)
        )
        add.clicked.connect(self._write)
        QShortcut(QKeySequence("Ctrl+Return"), self._text, self._write)

    def take_up(self) -> None:
        """Begin to write."""
        self._text.setFocus()

    def take_back(self, text: str, certainty: Certainty, audience: Audience) -> None:
        """Have this to be written anew, below what stands here already."""
        put_below(self._text, text)
        self._certainty.setCurrentIndex(self._certainty.findData(certainty))
        self._audience.setCurrentIndex(self._audience.findData(audience))
        self.take_up()

    def let_go(self, text: str) -> None:
        """It is not written anew after all: the text goes, unless more was written with it."""
        if self._text.toPlainText() == text:
            self.clear()

    def clear(self) -> None:
        """It is on record."""
        self._text.clear()

    def _write(self) -> None:
        self.written.emit(self._text.toPlainText(), self._certainty.currentData(), self._audience.currentData())


def put_below(field: QPlainTextEdit, text: str) -> None:
    """Put the text into the field; what was being written there stays."""
    if field.toPlainText() != text:
        field.appendPlainText(text)


def certainty_select(name: str) -> Select:
    """The four ways to be sure, or not (rule 8)."""
    select = Select(name, _("How sure are you?"))
    for certainty in Certainty:
        icon = icons.picture(CERTAINTY_ICONS[certainty], theme.colours().quiet, theme.GAP)
        select.addItem(icon, certainty_word(certainty), certainty)
    return select
