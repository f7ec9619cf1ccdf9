"""The ways to go on from a page: side by side where they fit, one below the other where words are long."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QPushButton, QSizePolicy, QWidget

from app.widgets import theme


class Choices(QWidget):
    """Holds buttons of equal width. The main one comes last: right, or below."""

    def __init__(self, *buttons: QPushButton) -> None:
        super().__init__()
        self._buttons = buttons
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.SNUG)
        self._box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for button in buttons:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._box.addWidget(button, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Choose how they stand."""
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as they stand at this width."""
        shown = self._shown()
        tallest = max((button.sizeHint().height() for button in shown), default=0)
        rows = 1 if self._fits_side_by_side() else len(shown)
        return QSize(self._widest(), tallest * rows + self._box.spacing() * max(0, rows - 1))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No wider than the widest of them."""
        return self.sizeHint()

    def _arrange(self) -> None:
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.LeftToRight if self._fits_side_by_side() else direction.TopToBottom)
        self.updateGeometry()

    def _shown(self) -> list[QPushButton]:
        return [button for button in self._buttons if not button.isHidden()]

    def _widest(self) -> int:
        return max((button.sizeHint().width() for button in self._shown()), default=0)

    def _fits_side_by_side(self) -> bool:
        count = len(self._shown())
        return self._widest() * count + self._box.spacing() * max(0, count - 1) <= self.width()
