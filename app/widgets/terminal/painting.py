"""Draws a terminal's lines: runs of letters, their colours, the cursor, what is selected."""

import re
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPen

from app.widgets import theme
from app.widgets.terminal.emulator import Cursor, Line, Run, Style
from app.widgets.theme import Colours, TerminalColours

_FAINT = 0.6
_LEAST_CONTRAST = 2.0
_BLOCKS = re.compile("[\u2580-\u259f]")  # they draw pictures, and keep their colours


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
    if not _BLOCKS.match(run.text):
        ink = QColor(_readable(ink.name(), ground.name() if ground else scheme.terminal.ground, scheme.terminal))
    box = cells.box(run.column, row, run.columns)
    if ground is not None:
        painter.fillRect(box, ground)
    if not run.text.strip() and not style.underline:
        return
    font = _font(cells.font, style)
    if style.faint:
        ink = QColor(ink)
        ink.setAlphaF(_FAINT)
    painter.setFont(font)
    painter.setPen(ink)
    place = QPointF(box.left(), box.top() + cells.ascent)
    if run.text.isascii():
        painter.drawText(place, run.text)
    else:
        _draw_letter(painter, font, run.text, place, box.width())


def _draw_letter(painter: QPainter, font: QFont, letter: str, place: QPointF, room: float) -> None:
    """Draw a letter that may come from another face: in the middle of its columns, narrower where it is too wide."""
    width = _width(font.toString(), letter)
    if width <= room:
        painter.drawText(place + QPointF((room - width) / 2, 0), letter)
        return
    painter.save()
    painter.translate(place)
    painter.scale(room / width, 1)
    painter.drawText(QPointF(0, 0), letter)
    painter.restore()


@lru_cache(maxsize=4096)
def _readable(ink: str, ground: str, colours: TerminalColours) -> str:
    """The ink, or one that can be read on this ground: nothing is hidden by its colour."""
    if theme.contrast(ink, ground) >= _LEAST_CONTRAST:
        return ink
    return max((colours.text, colours.ground), key=lambda other: theme.contrast(other, ground))


@lru_cache(maxsize=4096)
def _width(font: str, letter: str) -> float:
    face = QFont()
    face.fromString(font)
    return QFontMetricsF(face).horizontalAdvance(letter)


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
