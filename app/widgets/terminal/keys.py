"""What each key says to the other machine, as xterm would say it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_ARROWS = {
    Qt.Key.Key_Up: "A",
    Qt.Key.Key_Down: "B",
    Qt.Key.Key_Right: "C",
    Qt.Key.Key_Left: "D",
    Qt.Key.Key_Home: "H",
    Qt.Key.Key_End: "F",
}
_NUMBERED = {
    Qt.Key.Key_Insert: 2,
    Qt.Key.Key_Delete: 3,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: 6,
    Qt.Key.Key_F5: 15,
    Qt.Key.Key_F6: 17,
    Qt.Key.Key_F7: 18,
    Qt.Key.Key_F8: 19,
    Qt.Key.Key_F9: 20,
    Qt.Key.Key_F10: 21,
    Qt.Key.Key_F11: 23,
    Qt.Key.Key_F12: 24,
}
_FIRST_FUNCTION_KEYS = {Qt.Key.Key_F1: "P", Qt.Key.Key_F2: "Q", Qt.Key.Key_F3: "R", Qt.Key.Key_F4: "S"}
_PLAIN = {
    Qt.Key.Key_Return: b"\r",
    Qt.Key.Key_Enter: b"\r",
    Qt.Key.Key_Backspace: b"\x7f",
    Qt.Key.Key_Tab: b"\t",
    Qt.Key.Key_Backtab: b"\x1b[Z",
    Qt.Key.Key_Escape: b"\x1b",
}
_CONTROL = {
    Qt.Key.Key_Space: 0,
    Qt.Key.Key_At: 0,
    Qt.Key.Key_BracketLeft: 27,
    Qt.Key.Key_Backslash: 28,
    Qt.Key.Key_BracketRight: 29,
    Qt.Key.Key_AsciiCircum: 30,
    Qt.Key.Key_Underscore: 31,
}


def typed(event: QKeyEvent, application_cursor: bool) -> bytes:
    """The bytes that a key press sends; none for keys that say nothing by themselves."""
    key = Qt.Key(event.key())
    special = _special(key, _modifier(event.modifiers()), application_cursor)
    if special:
        return special
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    letters = _control_letter(key) if control else event.text().encode()
    alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
    return b"\x1b" + letters if alt and letters else letters


def _special(key: Qt.Key, modifier: int, application_cursor: bool) -> bytes:
    marked = f"1;{modifier}" if modifier > 1 else ""
    if key in _ARROWS:
        start = "\x1bO" if application_cursor and not marked else "\x1b["
        return f"{start}{marked}{_ARROWS[key]}".encode()
    if key in _FIRST_FUNCTION_KEYS:
        start = "\x1b[" if marked else "\x1bO"
        return f"{start}{marked}{_FIRST_FUNCTION_KEYS[key]}".encode()
    if key in _NUMBERED:
        return f"\x1b[{_NUMBERED[key]}{f';{modifier}' if modifier > 1 else ''}~".encode()
    plain = _PLAIN.get(key, b"")
    return b"\x1b" + plain if plain and _has_alt(modifier) and key != Qt.Key.Key_Escape else plain


def _modifier(modifiers: Qt.KeyboardModifier) -> int:
    """xterm's number for the keys held down: 1, and 1 more for Shift, 2 for Alt, 4 for Control."""
    held = Qt.KeyboardModifier
    return (
        1
        + bool(modifiers & held.ShiftModifier)
        + 2 * bool(modifiers & held.AltModifier)
        + (4 * bool(modifiers & held.ControlModifier))
    )


def _has_alt(modifier: int) -> bool:
    return bool((modifier - 1) & 2)


def _control_letter(key: Qt.Key) -> bytes:
    if Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        return bytes([key - Qt.Key.Key_A + 1])
    return bytes([_CONTROL[key]]) if key in _CONTROL else b""
