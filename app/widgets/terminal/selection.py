"""What is selected in a terminal: letters, words or whole lines, from one place to another. Knows nothing of Qt."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from app.widgets.terminal.emulator import Emulator, Line, Run, cut, text_of

Place = tuple[int, float]
"""A line's number (row + `Emulator.scrolled`) and how far across it, in columns."""
Span = tuple[int, int, int]
"""A line, the first column and the one after the last."""
_Edge = tuple[int, int]
_OF_WORDS = frozenset("_-./~:@%+=?&#")
"""What belongs to a word beside letters and digits: so that a path or an address is one."""


class Unit(Enum):
    """What one press, two or three select by."""

    LETTER = auto()
    WORD = auto()
    LINE = auto()


@dataclass(frozen=True, slots=True)
class Selection:
    """From one edge to another further on."""

    start: _Edge
    end: _Edge

    def spans(self, columns: int) -> Iterator[Span]:
        """Each line that is touched, by its number."""
        (top, left), (bottom, right) = self.start, self.end
        for number in range(top, bottom + 1):
            first = left if number == top else 0
            after = right if number == bottom else columns
            if after > first:
                yield number, first, after


class Selector:
    """Selects in one emulator's lines, and lets go of what no longer stands there."""

    def __init__(self) -> None:
        self._unit = Unit.LETTER
        self._origin: Selection | None = None
        self._selection: Selection | None = None
        self._seen: tuple[str, str] = ("", "")

    @property
    def has_begun(self) -> bool:
        """Whether there is something to extend."""
        return self._origin is not None

    def begin(self, emulator: Emulator, place: Place, unit: Unit) -> None:
        """Select the letter's edge, the word or the line at this place."""
        self._unit = unit
        self._origin = self._selection = _around(emulator, place, unit)
        self._remember(emulator)

    def extend(self, emulator: Emulator, place: Place) -> None:
        """Select from where it began to this place, by the same unit."""
        if self._origin is not None:
            reached = _around(emulator, place, self._unit)
            self._selection = Selection(min(self._origin.start, reached.start), max(self._origin.end, reached.end))
            self._remember(emulator)

    def clear(self) -> None:
        """Select nothing."""
        self._origin = self._selection = None

    def check(self, emulator: Emulator) -> None:
        """Let go of a selection whose first or last line has changed or is gone."""
        if self._selection is not None and self._seen != self._ends(emulator, self._selection):
            self.clear()

    def spans(self, emulator: Emulator) -> Iterator[Span]:
        """Each line that is touched, by its row."""
        for number, first, after in self._selection.spans(emulator.columns) if self._selection else ():
            yield number - emulator.scrolled, first, after

    def text(self, emulator: Emulator) -> str:
        """What is selected, line by line; one that the window's edge has cut is whole again."""
        spans = list(self.spans(emulator))
        if not spans:
            return ""
        whole = emulator.texts(spans[0][0], len(spans))
        texts = [_piece(emulator, span, text) for span, text in zip(spans, whole, strict=True)]
        return "".join(texts).removesuffix("\n")

    def _remember(self, emulator: Emulator) -> None:
        if self._selection is not None:
            self._seen = self._ends(emulator, self._selection)

    def _ends(self, emulator: Emulator, selection: Selection) -> tuple[str, str]:
        top, bottom = selection.start[0] - emulator.scrolled, selection.end[0] - emulator.scrolled
        if top < -emulator.scrollback or bottom >= emulator.rows:
            return ("\0", "\0")  # what no line says
        return text_of(emulator.line(top)), text_of(emulator.line(bottom))


def _piece(emulator: Emulator, span: Span, text: str) -> str:
    """What a span selects of a line of this text, with the line's end if that is selected, too."""
    row, first, after = span
    to_the_end = after >= emulator.columns
    if to_the_end and emulator.wraps(row):
        return cut(emulator.line(row), first, after)
    if first or not to_the_end:
        text = cut(emulator.line(row), first, after).rstrip()
    return text + "\n"


def _around(emulator: Emulator, place: Place, unit: Unit) -> Selection:
    number, across = place
    if unit is Unit.LETTER:
        edge = (number, round(across))
        return Selection(edge, edge)
    first, after = 0, emulator.columns
    if unit is Unit.WORD:
        first, after = word_at(emulator.line(number - emulator.scrolled), int(across))
    return Selection((number, first), (number, after))


def word_at(line: Line, column: int) -> tuple[int, int]:
    """The first column of the word in this column, and the one after its last; of a blank, just the column."""
    letters: dict[int, str] = {}
    for run in line:
        letters.update(_by_column(run))
    if not _is_word(letters.get(column, " ")):
        return column, column + 1
    first = after = column
    while _is_word(letters.get(first - 1, " ")):
        first -= 1
    while _is_word(letters.get(after, " ")):
        after += 1
    return first, after


def _by_column(run: Run) -> Iterator[tuple[int, str]]:
    if run.text.isascii():
        yield from enumerate(run.text, run.column)
    else:
        yield from ((column, run.text) for column in range(run.column, run.column + run.columns))


def _is_word(letter: str) -> bool:
    return letter[:1].isalnum() or (letter[:1] in _OF_WORDS and letter != "")
