"""Finds text in everything that a terminal shows and keeps, some lines at a time. Knows nothing of Qt."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from app.widgets.terminal.emulator import Emulator

_MOST_HITS = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A place where the text stands: the line's number (row + `Emulator.scrolled`), and which of its letters."""

    number: int
    start: int
    end: int


class Finder:
    """Looks for one text, no matter in which case; matches do not go over a line's end."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self._pattern = re.compile(re.escape(text), re.IGNORECASE)
        self._above: list[Hit] = []
        self._on_screen: list[Hit] = []
        self._oldest = self._next = 0

    @property
    def hits(self) -> list[Hit]:
        """What was found so far, from the oldest line to the newest."""
        return self._above + self._on_screen

    def look(self, emulator: Emulator, most_lines: int) -> bool:
        """Look at so many more lines above the screen. Whether all was looked at, the screen too, as it is now."""
        if not self.text:
            return True
        oldest = emulator.scrolled - emulator.scrollback
        if oldest < self._oldest:  # lines that were hidden are back
            self._above, self._next = [], oldest
        self._oldest, self._next = oldest, max(self._next, oldest)
        del self._above[: bisect_left(self._above, Hit(oldest, 0, 0))]
        count = min(most_lines, emulator.scrolled - self._next)
        if count > 0 and len(self._above) < _MOST_HITS:
            self._above += self._found(emulator, self._next, count)
        self._next += max(0, count)
        if self._next < emulator.scrolled:
            return False
        self._on_screen = list(self._found(emulator, emulator.scrolled, emulator.rows))
        return True

    def in_text(self, text: str) -> Iterator[tuple[int, int]]:
        """Where in this line it stands: the first letter, and the one after the last."""
        if self.text:
            yield from (match.span() for match in self._pattern.finditer(text))

    def before(self, place: Hit) -> Hit | None:
        """The hit before this place; the last of all where there is none."""
        hits = self.hits
        return hits[bisect_left(hits, place) - 1] if hits else None

    def after(self, place: Hit) -> Hit | None:
        """The hit after this place; the first of all where there is none."""
        hits = self.hits
        return hits[bisect_right(hits, place) % len(hits)] if hits else None

    def _found(self, emulator: Emulator, number: int, count: int) -> Iterator[Hit]:
        for place, text in enumerate(emulator.texts(number - emulator.scrolled, count), number):
            yield from (Hit(place, start, end) for start, end in self.in_text(text))
