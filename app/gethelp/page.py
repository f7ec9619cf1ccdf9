"""The frame of every page: the way back, how far one is, one decision, the ways to go on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import plain
from app.widgets.choices import Choices
from app.widgets.icons import Icon
from app.widgets.labels import headline, line
from app.widgets.layouts import column, row


class Page(QWidget):
    """One decision. `name` is its stable name; `back` is sent by the arrow, where there is a way back."""

    back = Signal()

    def __init__(self, name: str, title: str, *, step: str = "", way_back: bool = False) -> None:
        super().__init__()
        self.name = name
        self.setObjectName(f"{name}Page")
        self.setProperty("part", "page")
        self.title = headline(title)
        self.banner = Banner(f"{name}Banner")
        self._content = column(self.title, self.banner, gap=theme.GAP)
        self._footer = column(gap=theme.SNUG)
        self._arrow = plain(_("Back"), f"{name}Back", Icon.ARROW_LEFT)
        self._arrow.clicked.connect(self.back)
        self._arrow.setVisible(way_back)
        frame = column(gap=theme.GAP)
        frame.setContentsMargins(theme.WIDE, 0, 0, theme.WIDE)  # the scroll bar stands at the window's edge
        self._content.setContentsMargins(0, 0, theme.WIDE, 0)
        self._footer.setContentsMargins(0, 0, theme.WIDE, 0)
        if step or way_back:
            top = row(self._arrow, None, line(step, "quiet"))
            top.setContentsMargins(0, 0, theme.WIDE, 0)
            frame.addLayout(top)
        frame.addWidget(_scrolling(self._content), 1)
        frame.addLayout(self._footer)
        self.setLayout(frame)

    def fill(self, *items: QWidget | QLayout | None) -> None:
        """Put these below the headline, from top to bottom; None is room that stretches."""
        for item in items:
            _add(self._content, item)

    def keep_in_view(self, *parts: QWidget) -> None:
        """These stand between what scrolls and the ways to go on, and never move those."""
        for part in parts:
            self._footer.addWidget(part)

    def offer(self, *buttons: QPushButton) -> None:
        """The ways to go on, the main one last."""
        self._footer.addWidget(Choices(*buttons))

    def entered(self) -> None:
        """Called each time the page comes to the front."""
        self.banner.clear()


def _scrolling(content: QLayout) -> QScrollArea:
    inside = QWidget()
    inside.setProperty("part", "page")
    inside.setLayout(content)
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _add(box: QVBoxLayout, item: QWidget | QLayout | None) -> None:
    if item is None:
        box.addStretch(1)
    elif isinstance(item, QWidget):
        box.addWidget(item)
    else:
        box.addLayout(item)
