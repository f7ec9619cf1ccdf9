"""Something that is on or off at this moment. The sentence beside it says what."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy

from app.widgets import icons, theme
from app.widgets.icons import Icon


class Switch(QCheckBox):
    """A sliding switch of the theme: on is filled and has a tick, so that nothing hangs on the colour."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the switch and the focus ring."""
        return QSize(theme.VAST, theme.BROAD)

    def hitButton(self, place: QPoint) -> bool:  # noqa: N802 - Qt's name
        """All of it."""
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the groove, the knob and the ring."""
        scheme = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        groove = QRectF(self.rect()).adjusted(theme.HAIR, theme.HAIR, -theme.HAIR, -theme.HAIR)
        edge = scheme.primary if self.isChecked() else scheme.edge if self.isEnabled() else scheme.line
        painter.setPen(QPen(QColor(edge), theme.FOCUS))
        painter.setBrush(QColor(scheme.primary if self.isChecked() else scheme.surface))
        painter.drawRoundedRect(groove, groove.height() / 2, groove.height() / 2)
        self._draw_knob(painter, groove, scheme)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(scheme.focus), theme.FOCUS))
            inset = theme.FOCUS / 2
            ring = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        painter.end()

    def _draw_knob(self, painter: QPainter, groove: QRectF, scheme: theme.Colours) -> None:
        size = groove.height() - theme.TIGHT
        left = groove.right() - theme.HAIR - size if self.isChecked() else groove.left() + theme.HAIR
        knob = QRectF(left, groove.top() + theme.HAIR, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(scheme.on_primary if self.isChecked() else scheme.edge))
        painter.drawEllipse(knob)
        if self.isChecked():
            inset = theme.FOCUS
            icons.draw(painter, knob.adjusted(inset, inset, -inset, -inset), Icon.TICK, scheme.primary)
