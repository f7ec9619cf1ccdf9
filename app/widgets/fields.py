"""Fields that people type into, each with the two names it needs: one for tests, one for readers of the screen."""

from typing import TypeVar

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from app.system.translations import _
from app.widgets import theme

Field = TypeVar("Field", bound=QWidget)


def named(field: Field, name: str, called: str) -> Field:
    """The same field with its stable name and what a screen reader calls it."""
    field.setObjectName(name)
    field.setAccessibleName(called)
    return field


def text_line(name: str, called: str, hint: str = "", most: int = 4096) -> QLineEdit:
    """One line of text."""
    field = named(QLineEdit(), name, called)
    field.setPlaceholderText(hint)
    field.setMaxLength(most)
    return field


def minutes_box(name: str, called: str, least: int, most: int) -> QSpinBox:
    """A number of minutes."""
    field = named(QSpinBox(), name, called)
    field.setRange(least, most)
    field.setSuffix(_(" min"))
    field.setFixedWidth(theme.SIDE_FIELD)
    field.lineEdit().setTextMargins(theme.TIGHT, 0, 0, 0)  # the style sheet's padding does not reach in here
    return field


def text_area(name: str, called: str, hint: str = "") -> QPlainTextEdit:
    """Several lines of plain text; Tab goes on to the next control."""
    field = named(QPlainTextEdit(), name, called)
    field.setPlaceholderText(hint)
    field.setTabChangesFocus(True)
    return field
