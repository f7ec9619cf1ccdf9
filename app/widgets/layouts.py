"""Columns and rows with the theme's distances."""

from typing import TypeVar

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from app.widgets import theme

Box = TypeVar("Box", QVBoxLayout, QHBoxLayout)


def column(*items: QWidget | QLayout | None, gap: int = theme.SNUG, margin: int = 0) -> QVBoxLayout:
    """One below the other; None is room that stretches."""
    return _fill(QVBoxLayout(), items, gap, margin)


def row(*items: QWidget | QLayout | None, gap: int = theme.SNUG, margin: int = 0) -> QHBoxLayout:
    """Side by side; None is room that stretches."""
    return _fill(QHBoxLayout(), items, gap, margin)


def _fill(box: Box, items: tuple[QWidget | QLayout | None, ...], gap: int, margin: int) -> Box:
    box.setSpacing(gap)
    box.setContentsMargins(margin, margin, margin, margin)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, QWidget):
            box.addWidget(item)
        else:
            box.addLayout(item)
    return box


def hairline() -> QFrame:
    """A thin line between two parts."""
    frame = QFrame()
    frame.setProperty("part", "hairline")
    return frame
