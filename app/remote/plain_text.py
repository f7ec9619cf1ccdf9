"""Makes plain text of terminal output, for search: what a person would have read, without the drawing.

Escape sequences go; a carriage return or a backspace lets the new text overwrite the old, as on a screen. Whole-screen
programs are not drawn: their pieces of text simply follow one another.
"""

import re

_LONGEST_LINE = 4096
_TAB = 8
# What is not plain text: escape sequences, strings meant for the terminal itself, single controls.
_CONTROL = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_][^\x07\x1b\n\x18\x1a]*(?:\x07|\x1b\\|(?=[\x1b\n\x18\x1a])|\Z)"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    r"|(?P<single>[\x00-\x1f\x7f-\x9f])"
)
_UNFINISHED = re.compile(r"\x1b(?:[ -/]*|\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n\x18\x1a]*\x1b?)\Z")


class PlainText:
    """Takes output piece by piece and holds at most `limit` characters of text. One thread at a time."""

    def __init__(self, limit: int = 4_000_000) -> None:
        self._limit = limit
        self._lines: list[str] = []
        self._length = 0
        self._line: list[str] = []
        self._column = 0
        self._rest = ""

    @property
    def is_full(self) -> bool:
        """Whether more output would be dropped."""
        return self._length >= self._limit

    def feed(self, untrusted_output: str) -> None:
        """Take more output. An escape sequence may be split between two pieces."""
        if self.is_full:
            return
        output = self._rest + untrusted_output
        self._rest = ""
        unfinished = _UNFINISHED.search(output, max(0, len(output) - _LONGEST_LINE))
        if unfinished:
            output, self._rest = output[: unfinished.start()], unfinished.group()
        place = 0
        for control in _CONTROL.finditer(output):
            self._print(output[place : control.start()])
            place = control.end()
            if control["final"]:
                self._move(control["final"], control["parameters"])
            elif control["single"]:
                self._control(control["single"])
        self._print(output[place:])

    def text(self) -> str:
        """All the text so far, lines ended by newlines, without blanks at their ends."""
        return "\n".join([*self._lines, "".join(self._line).rstrip()]).strip("\n")[: self._limit]

    def _print(self, text: str) -> None:
        text = text[: max(0, _LONGEST_LINE - self._column)]
        end = self._column + len(text)
        self._line.extend(" " * (self._column - len(self._line)))
        self._line[self._column : end] = text
        self._column = end

    def _control(self, character: str) -> None:
        if character == "\n":
            self._new_line()
        elif character == "\r":
            self._column = 0
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character == "\t":
            self._column = min(_LONGEST_LINE, (self._column // _TAB + 1) * _TAB)

    def _move(self, final: str, parameters: str) -> None:
        first = parameters.partition(";")[0]
        number = int(first) if first.isdecimal() and len(first) < 6 else 0
        if final == "C":
            self._column = min(_LONGEST_LINE, self._column + max(1, number))
        elif final == "D":
            self._column = max(0, self._column - max(1, number))
        elif final == "G":
            self._column = min(_LONGEST_LINE, max(1, number) - 1)
        elif final == "K":
            self._erase(number)
        elif final in "ABEFHf":
            self._new_line()  # somewhere else on the screen: the words must not run together

    def _erase(self, what: int) -> None:
        if what == 0:
            del self._line[self._column :]
        elif what == 1:
            erased = min(self._column + 1, len(self._line))
            self._line[:erased] = " " * erased
        else:
            self._line.clear()

    def _new_line(self) -> None:
        line = "".join(self._line).rstrip()
        if line or (self._lines and self._lines[-1]):
            self._lines.append(line)
            self._length += len(line) + 1
        self._line.clear()
        self._column = 0


def plain_text(untrusted_output: bytes, limit: int = 4_000_000) -> str:
    """The plain text of terminal output in UTF-8, at most `limit` characters."""
    text = PlainText(limit)
    text.feed(untrusted_output.decode(errors="replace"))
    return text.text()
