"""Cleans terminal output before an emulator sees it: no titles, no clipboard, no device strings, no hidden controls.

Sequences that carry a string (OSC, DCS, APC, PM, SOS) are dropped whole, over any number of pieces, without
keeping what they carry. So are control characters that no terminal program needs.
"""

import codecs
import re

_STRING_START = re.compile("\x1b[\\]P_^X]|\x1b$")
_STRING_END = re.compile("[\x07\x18\x1a]|\x1b\\\\|\x1b")
_KEPT = {7, 8, 9, 10, 11, 12, 13, 24, 26, 27}
_DROPPED = dict.fromkeys([code for code in range(32) if code not in _KEPT] + list(range(127, 160)))


class Cleaner:
    """Gives text that is safe to emulate for bytes that are not. Holds what a cut in the stream leaves open."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._in_string = False
        self._held = ""

    def clean(self, untrusted: bytes) -> str:
        """The text in these bytes. An escape at their end is held back until what follows it comes."""
        text = self._held + self._decoder.decode(untrusted).translate(_DROPPED)
        self._held = ""
        kept: list[str] = []
        while text:
            text = self._skip(text) if self._in_string else self._keep(text, kept)
        return "".join(kept)

    def _keep(self, text: str, kept: list[str]) -> str:
        """Keep what comes before a string. Returns what is left to look at."""
        start = _STRING_START.search(text)
        if start is None:
            kept.append(text)
            return ""
        kept.append(text[: start.start()])
        if len(start.group()) == 1:
            self._held = start.group()
            return ""
        self._in_string = True
        return text[start.end() :]

    def _skip(self, text: str) -> str:
        """Drop a string up to its end. Returns what is left to look at."""
        end = _STRING_END.search(text)
        if end is None:
            return ""
        if end.group() != "\x1b":
            self._in_string = False
            return text[end.end() :]
        if end.end() == len(text):
            self._held = "\x1b"
            return ""
        self._in_string = False  # an escape that does not end the string begins the next sequence
        return text[end.start() :]
