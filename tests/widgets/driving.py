"""Plays a window as a person would: finds controls by their names, presses them, types into them."""

from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget


def find(window: QWidget, name: str) -> QWidget:
    """The control that goes by this name."""
    found = window.findChild(QWidget, name)
    assert found is not None, f"there is no control {name}"
    return found


def press(window: QWidget, name: str) -> None:
    """Press a button, or tick a box. It must be there to be pressed."""
    button = find(window, name)
    assert isinstance(button, QAbstractButton)
    assert button.isEnabled(), f"{name} cannot be pressed"
    button.click()


def write(window: QWidget, name: str, text: str) -> None:
    """Type into a field."""
    field = find(window, name)
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(text)
    else:
        assert isinstance(field, QLineEdit)
        field.setText(text)
