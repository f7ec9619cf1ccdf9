"""A choice that is ticked or not, drawn so that both can be told apart at a glance."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from app.widgets import icons, theme
from app.widgets.icons import Icon


class Tick(QCheckBox):
    """A check box of the theme. Never ticked beforehand."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the mark, the words and the focus ring."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(theme.WIDE + theme.SNUG + words + theme.TIGHT, theme.BROAD)

    def hitButton(self, place: QPoint) -> bool:  # noqa: N802 - Qt's name
        """The words count as much as the mark."""
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the mark and the words."""
        scheme = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(theme.HAIR, (self.height() - theme.MARK) / 2, theme.MARK, theme.MARK)
        painter.setPen(QPen(QColor(scheme.primary if self.isChecked() else scheme.edge), theme.FOCUS))
        painter.setBrush(QColor(scheme.primary if self.isChecked() else scheme.surface))
        painter.drawRoundedRect(box, theme.HAIR, theme.HAIR)
        if self.isChecked():
            icons.draw(painter, box, Icon.TICK, scheme.on_primary)
        painter.setPen(QColor(scheme.text))
        words = QRectF(self.rect()).adjusted(theme.WIDE + theme.SNUG, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(scheme.focus), theme.FOCUS))
            inset = theme.FOCUS / 2
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), theme.HAIR, theme.HAIR)
        painter.end()
