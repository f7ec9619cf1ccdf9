"""What a terminal emulator is to the windows: bytes in, lines out. Behind it stands one library or another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

SCROLLBACK_LINES = 5000
"""About how many lines are kept above a screen."""
MOST_REPLIES = 16
"""The most answers between two calls of `replies`; who asks more often gets no more."""


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
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style that begin in this column, counted from 0.

    A letter beyond ASCII is a run of its own, with the marks that stand on it; `wide` says that it takes two columns.
    """

    column: int
    text: str
    style: Style
    wide: bool = False

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        if self.wide:
            return 2
        return len(self.text) if self.text.isascii() else 1


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
    slice_bytes: int
    """How much of a flood is to be fed at a time, so that a window stays lively: some milliseconds' worth."""

    def feed(self, untrusted: bytes) -> None:
        """Take output of the other machine in, cut anywhere."""

    def resize(self, columns: int, rows: int) -> None:
        """Have this many columns and rows from now on (1 or more)."""

    def line(self, row: int) -> Line:
        """One line: 0 is the screen's first, negative ones lie above it, down to minus `scrollback`."""

    def lines(self) -> tuple[Line, ...]:
        """The screen from top to bottom."""

    def texts(self, first: int, count: int) -> list[str]:
        """The text of so many lines from this one on, as `text_of` gives it, and much quicker."""

    def wraps(self, row: int) -> bool:
        """Whether the line goes on in the next one only because the window is no wider."""

    @property
    def cursor(self) -> Cursor:
        """Where the cursor is."""

    @property
    def scrollback(self) -> int:
        """How many lines lie above the screen; none while a program has the whole window."""

    @property
    def scrolled(self) -> int:
        """How many lines have left the screen's top so far.

        Row + `scrolled` is a line's number for as long as it is kept.
        After a flood or a new size it may have jumped ahead; it never goes back.
        """

    @property
    def application_cursor(self) -> bool:
        """Whether arrow keys are to be sent in their application form."""

    @property
    def application_keypad(self) -> bool:
        """Whether the keypad's keys are to be sent in their application form."""

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
        column = run.column + run.columns
    return letters.rstrip()


def cut(line: Line, first: int, after: int) -> str:
    """The letters in the columns from `first` to before `after`, with the blanks that were written."""
    return "".join(text for column, text in _cells(line) if first <= column < after)


def columns_of(line: Line, start: int, end: int) -> tuple[int, int]:
    """The first column of the letters `start` to before `end` of `text_of(line)`, and the one after their last."""
    first, place, after = 0, 0, 0
    for column, text in _cells(line):
        if place <= start:
            first = column
        after = column + 1
        place += len(text)
        if place >= end:
            break
    wide = any(run.wide and run.column == after - 1 for run in line)
    return first, after + wide


def _cells(line: Line) -> Iterator[tuple[int, str]]:
    """Each column in which letters begin, with them; gaps are blanks."""
    column = 0
    for run in line:
        yield from ((blank, " ") for blank in range(column, run.column))
        if run.text.isascii():
            yield from enumerate(run.text, run.column)
        else:
            yield run.column, run.text
        column = run.column + run.columns
