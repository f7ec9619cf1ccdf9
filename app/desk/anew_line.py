"""Above what is being written: that it stands in for something the service refused."""

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import plain
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import row


class AnewLine(QWidget):
    """Hidden while nothing is written anew. `replaces` is the refused event, or None; `left` is sent by the way out."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.replaces: UUID | None = None
        self._text = Label(part="quiet")
        leave = plain(_("Leave it as it is"), "leaveAnew")
        line = row(IconMark(Icon.REFUSED, "problem", theme.GAP), self._text, leave, gap=theme.TIGHT)
        line.setStretch(1, 1)
        self.setLayout(line)
        leave.clicked.connect(self.left)
        self.hide()

    def begin(self, replaces: UUID, reason: str) -> None:
        """What is written next replaces this."""
        self.replaces = replaces
        self._text.setText(_("You write anew what was refused: {reason}").format(reason=reason))
        self.show()

    def clear(self) -> None:
        """What is written next is something of its own."""
        self.replaces = None
        self.hide()
