"""Where a terminal's letters stand, and what is drawn over them: the cursor, what is selected, what was found."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPen

from app.widgets import theme
from app.widgets.terminal.emulator import Cursor
from app.widgets.theme import Colours


@dataclass(frozen=True, slots=True)
class Cells:
    """The grid that letters stand in, in device-independent pixels."""

    font: QFont
    width: float
    height: float
    ascent: float

    @classmethod
    def of_size(cls, points: float) -> "Cells":
        """The grid of the system's monospaced face at this size."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(points)
        font.setStyleHint(QFont.StyleHint.Monospace)
        metrics = QFontMetricsF(font)
        return cls(font, metrics.horizontalAdvance("M"), round(metrics.lineSpacing()), metrics.ascent())

    def box(self, column: float, row: float, columns: float = 1) -> QRectF:
        """Where so many columns of a row stand."""
        return QRectF(column * self.width, row * self.height, columns * self.width, self.height)


def draw_mark(painter: QPainter, cells: Cells, span: tuple[int, int, int], colour: str, strength: float) -> None:
    """Tint a row of the view from a column to before another; strength is from 0 to 1."""
    row, first, after = span
    ink = QColor(colour)
    ink.setAlphaF(strength)
    painter.fillRect(cells.box(first, row, after - first), ink)


def draw_cursor(painter: QPainter, cells: Cells, cursor: Cursor, row: int, focused: bool, scheme: Colours) -> None:
    """Draw the cursor: a block where keys go, a frame where they do not."""
    box = cells.box(cursor.column, row)
    if focused:
        ink = QColor(scheme.primary)
        ink.setAlphaF(0.6)
        painter.fillRect(box, ink)
    else:
        painter.setPen(QPen(QColor(scheme.quiet), theme.LINE))
        painter.drawRect(box.adjusted(0, 0, -theme.LINE, -theme.LINE))
