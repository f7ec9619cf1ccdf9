"""Gives a page the ground of the theme. Qt paints style sheets on plain widgets only when it is asked to."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def stand_on(page: QWidget, part: str = "page") -> None:
    """Paint this part's ground behind everything on the page."""
    page.setProperty("part", part)
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
