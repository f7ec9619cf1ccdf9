"""Draws a terminal's lines: runs of letters, their colours, the cursor, what is selected."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPen

from app.widgets import theme
from app.widgets.terminal.emulator import Cursor, Line, Run, Style
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


def draw_line(painter: QPainter, cells: Cells, line: Line, row: int, scheme: Colours) -> None:
    """Draw one line in its row of the view."""
    for run in line:
        _draw_run(painter, cells, run, row, scheme)


def _draw_run(painter: QPainter, cells: Cells, run: Run, row: int, scheme: Colours) -> None:
    style = run.style
    ink, ground = _ink(style, scheme), _ground(style, scheme)
    if style.reverse:
        ink, ground = ground or QColor(scheme.terminal.ground), ink
    box = cells.box(run.column, row, run.columns)
    if ground is not None:
        painter.fillRect(box, ground)
    if not run.text.strip() and not style.underline:
        return
    painter.setFont(_font(cells.font, style))
    painter.setPen(ink)
    painter.drawText(QPointF(box.left(), box.top() + cells.ascent), run.text)


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


def _font(base: QFont, style: Style) -> QFont:
    if not (style.bold or style.italic or style.underline or style.struck):
        return base
    font = QFont(base)
    font.setBold(style.bold)
    font.setItalic(style.italic)
    font.setUnderline(style.underline)
    font.setStrikeOut(style.struck)
    return font


def _ink(style: Style, scheme: Colours) -> QColor:
    return _colour(style.foreground, scheme) or QColor(scheme.terminal.text)


def _ground(style: Style, scheme: Colours) -> QColor | None:
    return _colour(style.background, scheme)


def _colour(value: int | str | None, scheme: Colours) -> QColor | None:
    if value is None:
        return None
    return QColor(scheme.terminal.named[value]) if isinstance(value, int) else QColor(f"#{value}")
