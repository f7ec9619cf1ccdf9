"""An icon on its own, in a colour of the theme. The word beside it says the same, so it is silent to readers."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets import icons, theme
from app.widgets.icons import Icon


class IconMark(QWidget):
    """Draws one icon. `colour` is the name of a colour in `theme.Colours`."""

    def __init__(self, icon: Icon, colour: str = "quiet", size: int = theme.WIDE) -> None:
        super().__init__()
        self._icon = icon
        self._colour = colour
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: Icon, colour: str) -> None:
        """Show this one from now on."""
        self._icon, self._colour = icon, colour
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The icon's own size."""
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it in the scheme of the moment."""
        painter = QPainter(self)
        icons.draw(painter, QRectF(self.rect()), self._icon, getattr(theme.colours(), self._colour))
        painter.end()
