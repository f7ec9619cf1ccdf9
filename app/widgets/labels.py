"""Text on a window. Always plain text: Qt would read HTML into what other people wrote."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy


class Label(QLabel):
    """Plain text that wraps. `part` names its place in the theme."""

    def __init__(self, text: str = "", part: str = "body") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("part", part)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setText(text)


def headline(text: str = "") -> Label:
    """What the page is about."""
    return Label(text, "headline")


def large(text: str = "") -> Label:
    """The title of a part of a page."""
    return Label(text, "large")


def paragraph(text: str = "") -> Label:
    """Running text."""
    return Label(text)


def quiet(text: str = "") -> Label:
    """Text that explains and may be passed over."""
    return Label(text, "quiet")


def line(text: str = "", part: str = "body") -> Label:
    """Text that stays on one line and takes no more room than it needs."""
    label = Label(text, part)
    label.setWordWrap(False)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    return label
