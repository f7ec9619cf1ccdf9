"""What a far machine's output may do to the terminal it is shown in: draw, and nothing else.

A terminal answers some sequences by typing, sets the clipboard, renames windows, opens links. None of that is for
the far end to ask (ECMA-48 for the forms of sequences; the xterm control sequences for what they do).
"""

from enum import Enum, auto

_ESC, _BEL, _CAN, _SUB = 0x1B, 0x07, 0x18, 0x1A
_LONGEST = 64
_DRAWING_CSI = frozenset(b"@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu")
_PRIVATE_MODES = frozenset({b"?1", b"?7", b"?12", b"?25", b"?47", b"?1047", b"?1048", b"?1049", b"?2004"})
_INSERT_MODE = b"4"  # of the modes without a mark: others lock the keyboard or change what Return sends
_DRAWING_ESC = frozenset(b"78DEHM=>c")
_STRING_STARTS = frozenset(b"]PX^_")  # OSC, DCS, SOS, PM, APC
_CHARSET_STARTS = frozenset(b"()*+")
_WIDE = ((0xF0, 4), (0xE0, 3), (0xC2, 2))  # the first byte of a character in UTF-8, from this on, and its length
_NO_CHARACTER = "\ufffd".encode()


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()
    CSI = auto()
    CHARSET = auto()
    STRING = auto()
    STRING_ESCAPE = auto()


class TerminalGuard:
    """Feed it output as it comes, in pieces of any size; it gives back what may be shown."""

    def __init__(self) -> None:
        self._state = _State.GROUND
        self._held = bytearray()
        self._character = bytearray()

    def feed(self, untrusted: bytes) -> bytes:
        """The part of the output that only draws. Sequences cut in two are held until they are whole."""
        shown = bytearray()
        for byte in untrusted:
            self._step(byte, shown)
        return bytes(shown)

    def _step(self, byte: int, shown: bytearray) -> None:
        if byte in (_CAN, _SUB):
            self._state = _State.GROUND
            return
        match self._state:
            case _State.GROUND:
                self._ground(byte, shown)
            case _State.ESCAPE:
                self._escape(byte, shown)
            case _State.CSI:
                self._csi(byte, shown)
            case _State.CHARSET:
                shown += bytes(self._held) + bytes([byte]) if 0x20 <= byte < 0x7F else b""
                self._state = _State.GROUND
            case _State.STRING:
                if byte in (_BEL, 0x9C):
                    self._state = _State.GROUND
                elif byte == _ESC:
                    self._state = _State.STRING_ESCAPE
            case _State.STRING_ESCAPE:
                self._state = _State.GROUND if byte == ord("\\") else _State.STRING

    def _ground(self, byte: int, shown: bytearray) -> None:
        if byte >= 0x80:
            self._wide(byte, shown)
            return
        self._character.clear()
        if byte == _ESC:
            self._held = bytearray([byte])
            self._state = _State.ESCAPE
        elif 0x20 <= byte < 0x7F or byte in b"\a\b\t\n\v\f\r\x0e\x0f":
            shown.append(byte)

    def _wide(self, byte: int, shown: bytearray) -> None:
        """A byte of a character beyond ASCII. Whole characters pass, but for the controls U+0080 to U+009F.

        Terminals take those for what an escape and a letter would be: U+009D begins a string just as `ESC ]` does.
        """
        if byte >= 0xC0:
            self._character.clear()
        self._character.append(byte)
        length = next((length for first, length in _WIDE if self._character[0] >= first), 1)
        if len(self._character) < length:
            return
        character = self._character.decode("utf-8", "replace")
        self._character.clear()
        if not "\x80" <= character <= "\x9f":
            shown += character.encode() if len(character) == 1 else _NO_CHARACTER

    def _escape(self, byte: int, shown: bytearray) -> None:
        self._held.append(byte)
        if byte == ord("["):
            self._state = _State.CSI
        elif byte in _STRING_STARTS:
            self._state = _State.STRING
        elif byte in _CHARSET_STARTS:
            self._state = _State.CHARSET
        elif byte != _ESC:
            if byte in _DRAWING_ESC:
                shown += self._held
            self._state = _State.GROUND
        else:
            self._held = bytearray([byte])

    def _csi(self, byte: int, shown: bytearray) -> None:
        if byte == _ESC:
            self._held = bytearray([byte])
            self._state = _State.ESCAPE
            return
        if byte < 0x20:  # a control inside a sequence acts as if it stood before it
            if byte in b"\b\t\n\r":
                shown.append(byte)
            return
        if len(self._held) <= _LONGEST:
            self._held.append(byte)
        if 0x40 <= byte <= 0x7E:
            if len(self._held) <= _LONGEST and self._draws(byte):
                shown += self._held
            self._state = _State.GROUND

    def _draws(self, final: int) -> bool:
        middle = bytes(self._held[2:-1])
        if middle[:1] in b"<=>?" and middle:
            return final in b"hl" and all(b"?" + mode.lstrip(b"?") in _PRIVATE_MODES for mode in middle.split(b";"))
        if final in b"hl":
            return middle == _INSERT_MODE
        return final in _DRAWING_CSI and all(0x30 <= byte <= 0x3B for byte in middle)
