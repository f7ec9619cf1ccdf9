"""The emulator that works everywhere: pyte, behind the same small interface as any other."""

import logging
import re

from app.widgets.terminal.emulator import Cursor, Line, text_of
from app.widgets.terminal.pyte_lines import line_of
from app.widgets.terminal.pyte_screen import Screen, Stream
from app.widgets.terminal.untrusted import Cleaner

_log = logging.getLogger(__name__)
_SEQUENCES = re.compile("(?=\x1b)")
_APPLICATION_CURSOR = 1 << 5
_BRACKETED_PASTE = 2004 << 5


class PyteEmulator:
    """An `Emulator`. Slower than others, and there on every system."""

    slice_bytes = 1024

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.columns, self.rows = max(1, columns), max(1, rows)
        self._screen = Screen(self.columns, self.rows)
        self._stream = Stream(self._screen)
        self._cleaner = Cleaner()
        self._cache: dict[int, Line] = {}

    def feed(self, untrusted: bytes) -> None:
        """Take output in. What pyte stumbles over is left out, up to the next sequence."""
        for piece in _SEQUENCES.split(self._cleaner.clean(untrusted)):
            try:
                self._stream.feed(piece)
            except Exception as error:  # noqa: BLE001 - pyte raises many kinds on sequences that it half knows
                _log.debug("a sequence was left out: %s", type(error).__name__)
        self._forget_changed()

    def resize(self, columns: int, rows: int) -> None:
        """Have this many columns and rows from now on."""
        self.columns, self.rows = max(1, columns), max(1, rows)
        self._screen.resize(self.rows, self.columns)
        self._screen.ensure_hbounds()
        self._screen.ensure_vbounds()
        self._cache.clear()

    def line(self, row: int) -> Line:
        """One line of the screen, or above it."""
        if row < 0:
            return self._screen.above[row].line
        if row not in self._cache:
            self._cache[row] = line_of(self._screen.buffer[row], self.columns)
        return self._cache[row]

    def lines(self) -> tuple[Line, ...]:
        """The screen from top to bottom."""
        return tuple(self.line(row) for row in range(self.rows))

    def texts(self, first: int, count: int) -> list[str]:
        """The text of so many lines from this one on."""
        return [text_of(self.line(row)) for row in range(first, first + count)]

    def wraps(self, row: int) -> bool:
        """Whether the line goes on in the next one only because the window is no wider."""
        return self._screen.wraps(row)

    @property
    def cursor(self) -> Cursor:
        """Where the cursor is."""
        cursor = self._screen.cursor
        return Cursor(min(cursor.x, self.columns - 1), cursor.y, not cursor.hidden)

    @property
    def scrollback(self) -> int:
        """How many lines lie above the screen."""
        return 0 if self._screen.is_second else len(self._screen.above)

    @property
    def scrolled(self) -> int:
        """How many lines have left the screen's top so far."""
        return self._screen.scrolled

    @property
    def application_cursor(self) -> bool:
        """Whether arrow keys are to be sent in their application form."""
        return _APPLICATION_CURSOR in self._screen.mode

    @property
    def application_keypad(self) -> bool:
        """Whether the keypad's keys are to be sent in their application form."""
        return self._screen.application_keypad

    @property
    def bracketed_paste(self) -> bool:
        """Whether pasted text is to be marked as pasted."""
        return _BRACKETED_PASTE in self._screen.mode

    def replies(self) -> bytes:
        """What may be answered since the last call."""
        answers, self._screen.answers = self._screen.answers, []
        return "".join(answers).encode()

    def _forget_changed(self) -> None:
        for row in self._screen.dirty:
            self._cache.pop(row, None)
        self._screen.dirty.clear()
