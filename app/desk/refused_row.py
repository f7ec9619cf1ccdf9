"""The two ways out of a refusal, on its own line in the story: write it anew, or give it up."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import quiet
from app.widgets.icons import Icon
from app.widgets.layouts import column, row


class RefusedRow(QWidget):
    """Lies over a line of the story, with its buttons at the bottom; what is drawn below shows through.

    `amend_asked` and `discard_asked` carry the event's id.
    """

    amend_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, event_id: UUID, sentence: str, *, amendable: bool) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        amend = quiet(_("Write anew …"), f"amend-{event_id}", Icon.NOTE)
        discard = quiet(_("Discard …"), f"discard-{event_id}", Icon.CROSS)
        amend.setAccessibleName(_("Write anew: {what}").format(what=sentence))
        discard.setAccessibleName(_("Discard: {what}").format(what=sentence))
        amend.setVisible(amendable)
        buttons = row(amend, discard, None, gap=theme.TIGHT)
        buttons.setContentsMargins(theme.SNUG + theme.GAP + theme.TIGHT, 0, 0, theme.TIGHT)
        self.setLayout(column(None, buttons))
        amend.clicked.connect(lambda: self.amend_asked.emit(event_id))
        discard.clicked.connect(lambda: self.discard_asked.emit(event_id))
