"""What each key says to the other machine, as xterm would say it."""

import sys
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_Key, _Held = Qt.Key, Qt.KeyboardModifier
_ARROWS = {
    _Key.Key_Up: "A",
    _Key.Key_Down: "B",
    _Key.Key_Right: "C",
    _Key.Key_Left: "D",
    _Key.Key_Clear: "E",
    _Key.Key_End: "F",
    _Key.Key_Home: "H",
}
_FIRST_FUNCTION_KEYS = {_Key.Key_F1: "P", _Key.Key_F2: "Q", _Key.Key_F3: "R", _Key.Key_F4: "S"}
_NUMBERED = {
    _Key.Key_Insert: 2,
    _Key.Key_Delete: 3,
    _Key.Key_PageUp: 5,
    _Key.Key_PageDown: 6,
    _Key.Key_F5: 15,
    _Key.Key_F6: 17,
    _Key.Key_F7: 18,
    _Key.Key_F8: 19,
    _Key.Key_F9: 20,
    _Key.Key_F10: 21,
    _Key.Key_F11: 23,
    _Key.Key_F12: 24,
    _Key.Key_F13: 25,
    _Key.Key_F14: 26,
    _Key.Key_F15: 28,
    _Key.Key_F16: 29,
    _Key.Key_Menu: 29,
    _Key.Key_F17: 31,
    _Key.Key_F18: 32,
    _Key.Key_F19: 33,
    _Key.Key_F20: 34,
}
_PLAIN = {
    _Key.Key_Return: b"\r",
    _Key.Key_Enter: b"\r",
    _Key.Key_Backspace: b"\x7f",
    _Key.Key_Tab: b"\t",
    _Key.Key_Backtab: b"\x1b[Z",
    _Key.Key_Escape: b"\x1b",
}
_CONTROL = {
    _Key.Key_Space: 0,
    _Key.Key_At: 0,
    _Key.Key_2: 0,
    _Key.Key_BracketLeft: 27,
    _Key.Key_3: 27,
    _Key.Key_Backslash: 28,
    _Key.Key_4: 28,
    _Key.Key_BracketRight: 29,
    _Key.Key_5: 29,
    _Key.Key_AsciiCircum: 30,
    _Key.Key_6: 30,
    _Key.Key_Underscore: 31,
    _Key.Key_Slash: 31,
    _Key.Key_7: 31,
    _Key.Key_8: 127,
    _Key.Key_Question: 127,
}
_KEYPAD = {
    _Key.Key_Enter: "M",
    _Key.Key_Asterisk: "j",
    _Key.Key_Plus: "k",
    _Key.Key_Comma: "l",
    _Key.Key_Minus: "m",
    _Key.Key_Slash: "o",
}
_NAVIGATING = {*_ARROWS, _Key.Key_Insert, _Key.Key_Delete, _Key.Key_PageUp, _Key.Key_PageDown}
CONTROL = _Held.MetaModifier if sys.platform == "darwin" else _Held.ControlModifier
"""The key that people call Ctrl: on macOS Qt calls Command so, and Ctrl Meta."""


@dataclass(frozen=True, slots=True)
class Modes:
    """Which of its keys a program asked for in their application form."""

    cursor: bool = False
    keypad: bool = False


class Keyboard:
    """Gives the bytes for key presses. Remembers what they told of Num Lock, which Qt does not tell.

    With Num Lock on, the keypad says what is written on it whatever the program asked for, as in xterm.
    """

    def __init__(self) -> None:
        self._num_lock = True

    def typed(self, event: QKeyEvent, modes: Modes) -> bytes:
        """The bytes that a key press sends; none for keys that say nothing by themselves."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & _Held.KeypadModifier:
            self._learn(key)
            if modes.keypad and not self._num_lock and key in _KEYPAD:
                return f"\x1bO{_KEYPAD[key]}".encode()
        return _special(key, _modifier(held), modes) or _letters(event, key, held)

    def _learn(self, key: Qt.Key) -> None:
        if _Key.Key_0 <= key <= _Key.Key_9:
            self._num_lock = True
        elif key in _NAVIGATING and sys.platform != "darwin":  # there, arrows count as the keypad's
            self._num_lock = False


def _letters(event: QKeyEvent, key: Qt.Key, held: Qt.KeyboardModifier) -> bytes:
    """A key with letters on it. AltGr comes as Ctrl and Alt on Windows, and then the letter is what counts."""
    text, alt, control = event.text(), bool(held & _Held.AltModifier), bool(held & CONTROL)
    if control and not (alt and text.isprintable() and text):
        letters = _control_letter(key) or (text.encode() if text and not text.isprintable() else b"")
    else:
        letters, alt = text.encode("utf-8", "ignore"), alt and not control
    return b"\x1b" + letters if alt and letters else letters


def _special(key: Qt.Key, modifier: int, modes: Modes) -> bytes:
    marked = f"1;{modifier}" if modifier > 1 else ""
    if key in _ARROWS:
        start = "\x1bO" if modes.cursor and not marked else "\x1b["
        return f"{start}{marked}{_ARROWS[key]}".encode()
    if key in _FIRST_FUNCTION_KEYS:
        start = "\x1b[" if marked else "\x1bO"
        return f"{start}{marked}{_FIRST_FUNCTION_KEYS[key]}".encode()
    if key in _NUMBERED:
        return f"\x1b[{_NUMBERED[key]}{f';{modifier}' if modifier > 1 else ''}~".encode()
    plain = _PLAIN.get(key, b"")
    if key == _Key.Key_Backspace and (modifier - 1) & 4:
        plain = b"\b"
    return b"\x1b" + plain if plain and (modifier - 1) & 2 and key != _Key.Key_Escape else plain


def _modifier(held: Qt.KeyboardModifier) -> int:
    """xterm's number for the keys held down: 1, and 1 more for Shift, 2 for Alt, 4 for Control."""
    return 1 + bool(held & _Held.ShiftModifier) + 2 * bool(held & _Held.AltModifier) + 4 * bool(held & CONTROL)


def _control_letter(key: Qt.Key) -> bytes:
    if _Key.Key_A <= key <= _Key.Key_Z:
        return bytes([key - _Key.Key_A + 1])
    return bytes([_CONTROL[key]]) if key in _CONTROL else b""
