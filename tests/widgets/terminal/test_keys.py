"""Every key says what xterm says."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.widgets.terminal.keys import Keyboard, Modes

_NONE, _SHIFT, _ALT, _CTRL, _PAD = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.KeypadModifier,
)
_Key = Qt.Key
_APPLICATION = Modes(cursor=True, keypad=True)


def event(key: Qt.Key, held: Qt.KeyboardModifier = _NONE, text: str = "") -> QKeyEvent:
    """A key press as Qt tells of it."""
    return QKeyEvent(QEvent.Type.KeyPress, key, held, text)


@pytest.mark.parametrize(
    ("key", "held", "text", "says"),
    [
        (_Key.Key_A, _NONE, "a", b"a"),
        (_Key.Key_A, _SHIFT, "A", b"A"),
        (_Key.Key_Aring, _NONE, "å", "å".encode()),
        (_Key.Key_Return, _NONE, "\r", b"\r"),
        (_Key.Key_Return, _SHIFT, "\r", b"\r"),
        (_Key.Key_Return, _ALT, "\r", b"\x1b\r"),
        (_Key.Key_Enter, _PAD, "\r", b"\r"),
        (_Key.Key_Tab, _NONE, "\t", b"\t"),
        (_Key.Key_Backtab, _SHIFT, "", b"\x1b[Z"),
        (_Key.Key_Escape, _NONE, "\x1b", b"\x1b"),
        (_Key.Key_Backspace, _NONE, "\b", b"\x7f"),
        (_Key.Key_Backspace, _ALT, "\b", b"\x1b\x7f"),
        (_Key.Key_Backspace, _CTRL, "\x7f", b"\b"),
        (_Key.Key_C, _CTRL, "\x03", b"\x03"),
        (_Key.Key_K, _CTRL, "\x0b", b"\x0b"),
        (_Key.Key_C, _CTRL | _ALT, "\x03", b"\x1b\x03"),
        (_Key.Key_Space, _CTRL, " ", b"\0"),
        (_Key.Key_BracketLeft, _CTRL, "\x1b", b"\x1b"),
        (_Key.Key_Backslash, _CTRL, "\x1c", b"\x1c"),
        (_Key.Key_Underscore, _CTRL | _SHIFT, "\x1f", b"\x1f"),
        (_Key.Key_Slash, _CTRL, "/", b"\x1f"),
        (_Key.Key_8, _CTRL, "8", b"\x7f"),
        (0x0421, _CTRL, "\x03", b"\x03"),  # a key of another script: what the system makes of it counts
        (_Key.Key_At, _CTRL | _ALT, "@", b"@"),  # AltGr on Windows
        (_Key.Key_B, _ALT, "b", b"\x1bb"),
        (_Key.Key_Period, _ALT, ".", b"\x1b."),
        (_Key.Key_Up, _NONE, "", b"\x1b[A"),
        (_Key.Key_Left, _PAD, "", b"\x1b[D"),
        (_Key.Key_Right, _CTRL, "", b"\x1b[1;5C"),
        (_Key.Key_Down, _ALT | _SHIFT, "", b"\x1b[1;4B"),
        (_Key.Key_Home, _NONE, "", b"\x1b[H"),
        (_Key.Key_End, _SHIFT, "", b"\x1b[1;2F"),
        (_Key.Key_Clear, _PAD, "", b"\x1b[E"),
        (_Key.Key_Insert, _NONE, "", b"\x1b[2~"),
        (_Key.Key_Delete, _NONE, "\x7f", b"\x1b[3~"),
        (_Key.Key_Delete, _CTRL, "", b"\x1b[3;5~"),
        (_Key.Key_PageUp, _NONE, "", b"\x1b[5~"),
        (_Key.Key_PageDown, _CTRL, "", b"\x1b[6;5~"),
        (_Key.Key_F1, _NONE, "", b"\x1bOP"),
        (_Key.Key_F4, _CTRL, "", b"\x1b[1;5S"),
        (_Key.Key_F5, _NONE, "", b"\x1b[15~"),
        (_Key.Key_F12, _SHIFT, "", b"\x1b[24;2~"),
        (_Key.Key_F20, _NONE, "", b"\x1b[34~"),
        (_Key.Key_Menu, _NONE, "", b"\x1b[29~"),
        (_Key.Key_Shift, _SHIFT, "", b""),
        (_Key.Key_Control, _CTRL, "", b""),
        (_Key.Key_CapsLock, _NONE, "", b""),
        (_Key.Key_1, _CTRL, "1", b""),
    ],
)
def test_a_key_says(key: Qt.Key, held: Qt.KeyboardModifier, text: str, says: bytes) -> None:
    assert Keyboard().typed(event(key, held, text), Modes()) == says


@pytest.mark.parametrize(
    ("key", "held", "says"),
    [
        (_Key.Key_Up, _NONE, b"\x1bOA"),
        (_Key.Key_Home, _NONE, b"\x1bOH"),
        (_Key.Key_End, _NONE, b"\x1bOF"),
        (_Key.Key_Up, _SHIFT, b"\x1b[1;2A"),
        (_Key.Key_Delete, _NONE, b"\x1b[3~"),
    ],
)
def test_a_program_may_have_arrows_say_another_thing(key: Qt.Key, held: Qt.KeyboardModifier, says: bytes) -> None:
    assert Keyboard().typed(event(key, held), _APPLICATION) == says


def test_the_keypad_heeds_num_lock() -> None:
    keyboard = Keyboard()
    assert keyboard.typed(event(_Key.Key_7, _PAD, "7"), _APPLICATION) == b"7"
    assert keyboard.typed(event(_Key.Key_Enter, _PAD, "\r"), _APPLICATION) == b"\r"
    assert keyboard.typed(event(_Key.Key_Home, _PAD), _APPLICATION) == b"\x1bOH"  # so Num Lock is off
    assert keyboard.typed(event(_Key.Key_Enter, _PAD, "\r"), _APPLICATION) == b"\x1bOM"
    assert keyboard.typed(event(_Key.Key_Plus, _PAD, "+"), _APPLICATION) == b"\x1bOk"
    assert keyboard.typed(event(_Key.Key_Plus, _PAD, "+"), Modes()) == b"+"
    assert keyboard.typed(event(_Key.Key_1, _PAD, "1"), _APPLICATION) == b"1"
    assert keyboard.typed(event(_Key.Key_Minus, _PAD, "-"), _APPLICATION) == b"-"
