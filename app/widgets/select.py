"""One of a few answers, folded into a line."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from app.widgets import icons, theme
from app.widgets.fields import named
from app.widgets.icons import Icon

_LEAST_LETTERS = 9


class Select(QComboBox):
    """A combo box of the theme, with its arrow in the theme's colours."""

    def __init__(self, name: str, called: str) -> None:
        super().__init__()
        named(self, name, called)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_LETTERS)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the field, then the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        place = QRectF(self.width() - theme.WIDE, (self.height() - theme.GAP) / 2, theme.GAP, theme.GAP)
        icons.draw(painter, place, Icon.ARROW_DOWN, theme.colours().quiet)
        painter.end()
