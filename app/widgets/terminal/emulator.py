"""What a terminal emulator is to the windows: bytes in, lines out. Behind it stands one library or another."""

import unicodedata
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look. A colour is None (the usual one), a number (0 to 15, named) or six hexadecimal digits."""

    foreground: int | str | None = None
    background: int | str | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    struck: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style that begin in this column, counted from 0. A letter beyond ASCII is a run of its own."""

    column: int
    text: str
    style: Style


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next letter goes, counted from 0."""

    column: int
    row: int
    visible: bool


class Emulator(Protocol):
    """A screen that understands a terminal's sequences. One thread at a time uses it.

    Everything fed to it is hostile: no input raises, hangs or grows without bound, and the only answers are
    those in `replies`.
    """

    columns: int
    rows: int

    def feed(self, untrusted: bytes) -> None:
        """Take output of the other machine in, cut anywhere."""

    def resize(self, columns: int, rows: int) -> None:
        """Have this many columns and rows from now on (1 or more)."""

    def line(self, row: int) -> Line:
        """One line: 0 is the screen's first, negative ones lie above it, down to minus `scrollback`."""

    def lines(self) -> tuple[Line, ...]:
        """The screen from top to bottom."""

    @property
    def cursor(self) -> Cursor:
        """Where the cursor is."""

    @property
    def scrollback(self) -> int:
        """How many lines lie above the screen."""

    @property
    def application_cursor(self) -> bool:
        """Whether arrow keys are to be sent in their application form."""

    @property
    def bracketed_paste(self) -> bool:
        """Whether pasted text is to be marked as pasted."""

    def replies(self) -> bytes:
        """What the terminal itself answers since the last call, from a short list: status and cursor reports."""


def text_of(line: Line) -> str:
    """The line's letters, blanks at the end left out."""
    letters, column = "", 0
    for run in line:
        letters += " " * (run.column - column) + run.text
        column = run.column + width(run.text)
    return letters.rstrip()


def width(text: str) -> int:
    """How many columns a run takes: wide letters (of East Asian scripts) take two."""
    return len(text) if text.isascii() else 1 + (unicodedata.east_asian_width(text[0]) in "WF")
