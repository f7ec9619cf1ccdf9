"""Plain text broken into lines, for delegates: between words where it can be, inside a long one where it must."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextLayout, QTextOption

_MOST_LINES = 12
_MOST_LETTERS = 2000
_LINE_END = "\u2028"


class WrappedText:
    """At most 12 lines of at most 2,000 letters; what is left out shows as an ellipsis. Qt thread."""

    def __init__(self, untrusted: str, font: QFont, width: int) -> None:
        shown = untrusted if len(untrusted) <= _MOST_LETTERS else untrusted[: _MOST_LETTERS - 1] + "…"
        self._layout = QTextLayout(shown.replace("\n", _LINE_END), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        spacing = QFontMetrics(font).lineSpacing()
        lines = 0
        self._layout.beginLayout()
        while lines < _MOST_LINES and (line := self._layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, lines * spacing))
            lines += 1
        self._layout.endLayout()
        self.height = lines * spacing

    def draw(self, painter: QPainter, left: int, top: int) -> None:
        """Draw it with the painter's pen."""
        self._layout.draw(painter, QPointF(left, top))
