"""What stands where a case would, while none is chosen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.ground import stand_on
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column


class EmptyPage(QWidget):
    """Says what would fill the room."""

    def __init__(self) -> None:
        super().__init__()
        stand_on(self)
        self._words = Label(
            _("Choose a case on the left. When a customer asks for help, it lies under Waiting."), "quiet"
        )
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        mark = IconMark(Icon.WAITING, "quiet", theme.VAST)
        box = column(None, mark, self._words, None, gap=theme.GAP, margin=theme.VAST)
        box.setAlignment(mark, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(box)
