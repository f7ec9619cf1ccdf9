"""Draws a terminal's letters: runs of one style, in the colours of the scheme, each in its columns."""

import re
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from app.widgets import theme
from app.widgets.terminal.emulator import Line, Run, Style
from app.widgets.terminal.painting import Cells
from app.widgets.theme import Colours

_FAINT = 0.6
_LEAST_CONTRAST = 2.0
_MOST_KEPT = 4096
_BLOCKS = re.compile("[\u2580-\u259f]")  # they draw pictures, and keep their colours


@dataclass(frozen=True, slots=True)
class _Dress:
    """A style as Qt draws it. `block` is the ink for letters that draw pictures; ground may be the terminal's own."""

    font: QFont
    ink: QColor
    block: QColor
    ground: QColor | None
    lined: bool


class Brush:
    """Draws with one grid and one scheme, and keeps what it made of each style and letter. Qt thread."""

    def __init__(self, cells: Cells, scheme: Colours) -> None:
        self._cells, self._scheme = cells, scheme
        self._dresses: dict[Style, _Dress] = {}
        self._widths: dict[tuple[bool, bool, str], float] = {}

    def draws(self, cells: Cells, scheme: Colours) -> bool:
        """Whether it was made for this grid and this scheme."""
        return self._cells is cells and self._scheme is scheme

    def draw_line(self, painter: QPainter, line: Line, row: int) -> None:
        """Draw one line in its row of the view."""
        for run in line:
            self._draw_run(painter, run, row)

    def _draw_run(self, painter: QPainter, run: Run, row: int) -> None:
        dress = self._dresses.get(run.style) or self._make(run.style)
        cells = self._cells
        if dress.ground is not None:
            painter.fillRect(cells.box(run.column, row, run.columns), dress.ground)
        if run.text.isspace() and not dress.lined:
            return
        painter.setFont(dress.font)
        place = QPointF(run.column * cells.width, row * cells.height + cells.ascent)
        if run.text.isascii():
            painter.setPen(dress.ink)
            painter.drawText(place, run.text)
        else:
            painter.setPen(dress.block if _BLOCKS.match(run.text) else dress.ink)
            self._draw_letter(painter, dress.font, run, place)

    def _draw_letter(self, painter: QPainter, font: QFont, run: Run, place: QPointF) -> None:
        """Draw a letter that may come from another face: in the middle of its columns, narrower where needed."""
        room, width = run.columns * self._cells.width, self._width(font, run)
        if width <= room:
            painter.drawText(place + QPointF((room - width) / 2, 0), run.text)
            return
        painter.save()
        painter.translate(place)
        painter.scale(room / width, 1)
        painter.drawText(QPointF(0, 0), run.text)
        painter.restore()

    def _width(self, font: QFont, run: Run) -> float:
        key = (run.style.bold, run.style.italic, run.text)
        if key not in self._widths:
            _make_room(self._widths)
            self._widths[key] = QFontMetricsF(font).horizontalAdvance(run.text)
        return self._widths[key]

    def _make(self, style: Style) -> _Dress:
        _make_room(self._dresses)
        own = self._scheme.terminal
        ink = self._colour(style.foreground) or own.text
        ground = self._colour(style.background)
        if style.reverse:
            ink, ground = ground or own.ground, ink
        letters = QColor(self._readable(ink, ground or own.ground))
        if style.faint:
            letters.setAlphaF(_FAINT)
        lined = style.underline or style.struck
        dress = _Dress(self._font(style), letters, QColor(ink), QColor(ground) if ground else None, lined)
        self._dresses[style] = dress
        return dress

    def _readable(self, ink: str, ground: str) -> str:
        """The ink, or one that can be read on this ground: nothing is hidden by its colour."""
        if theme.contrast(ink, ground) >= _LEAST_CONTRAST:
            return ink
        own = self._scheme.terminal
        return max((own.text, own.ground), key=lambda other: theme.contrast(other, ground))

    def _font(self, style: Style) -> QFont:
        if not (style.bold or style.italic or style.underline or style.struck):
            return self._cells.font
        font = QFont(self._cells.font)
        font.setBold(style.bold)
        font.setItalic(style.italic)
        font.setUnderline(style.underline)
        font.setStrikeOut(style.struck)
        return font

    def _colour(self, value: int | str | None) -> str | None:
        if value is None:
            return None
        return self._scheme.terminal.named[value] if isinstance(value, int) else f"#{value}"


def _make_room(kept: dict[Any, Any]) -> None:
    """The other machine chooses styles and letters: what is kept of them is bounded."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
