"""A card: a few things that belong together."""

from PySide6.QtWidgets import QFrame, QLayout, QWidget

from app.widgets import theme
from app.widgets.layouts import column


class Card(QFrame):
    """Holds its items in a column."""

    def __init__(self, *items: QWidget | QLayout | None, gap: int = theme.TIGHT, margin: int = theme.GAP) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.box = column(*items, gap=gap, margin=margin)
        self.setLayout(self.box)
