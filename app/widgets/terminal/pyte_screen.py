"""pyte's screen, with what it lacks: lines above the screen, a second screen for full-window programs, and bounds."""

import logging
import re
import unicodedata
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import pyte

from app.widgets.terminal.emulator import MOST_REPLIES, SCROLLBACK_LINES, Line
from app.widgets.terminal.pyte_lines import line_of

_log = logging.getLogger(__name__)
_PIECES = re.compile("[\x20-\x7e]+|[^\x00-\x7f]")  # at a control character pyte leaves out all that follows
_MOST_MARKS = 4
_MOST_SAVEPOINTS = 8
_SECOND_SCREEN = {47, 1047, 1049}
_WIDE_SCREEN = 3
_ALLOWED_REPLY = re.compile(r"\x1b\[(0n|\?6c|\d{1,4};\d{1,4}R)")


class Kept(NamedTuple):
    """A line above the screen."""

    line: Line
    wraps: bool


class Screen(pyte.Screen):
    """What is on the screen, and a bounded number of lines above it; `scrolled` counts those that went up there.

    Above, they are kept as runs: pyte's record for each letter takes ten times the memory, and Python's collector a
    tenth of a second to look through.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.above: deque[Kept] = deque(maxlen=SCROLLBACK_LINES)
        self.scrolled = 0
        self.application_keypad = False
        self.answers: list[str] = []
        self._first_screen: tuple[dict[int, Any], Any] | None = None
        self._marks = 0
        self._drawing = False
        super().__init__(columns, rows)

    def draw(self, data: str) -> None:
        """Draw letters. One that pyte cannot place costs itself alone; marks piled on one letter are bounded."""
        for piece in _PIECES.findall(data):
            mark = unicodedata.combining(piece[0]) != 0
            self._marks = self._marks + 1 if mark else 0
            if self._marks <= _MOST_MARKS:
                self._make_room(piece)
                self._drawing = True
                try:
                    super().draw(piece)
                finally:
                    self._drawing = False

    def linefeed(self) -> None:
        """Go to the next line. The row that pyte leaves while it draws is full, and goes on in the next."""
        row: Any = self.buffer[self.cursor.y]
        row.wraps = self._drawing
        super().linefeed()

    def wraps(self, number: int) -> bool:
        """Whether the line goes on in the next one; negative numbers lie above the screen."""
        return self.above[number].wraps if number < 0 else getattr(self.buffer[number], "wraps", False)

    def _make_room(self, letter: str) -> None:
        """A wide letter does not begin in the last column: the line is full, as pyte marks it, and it wraps."""
        last = self.columns - 1
        if not letter.isascii() and 0 < last == self.cursor.x and pyte.screens.wcwidth(letter) == 2:
            self.cursor.x = self.columns

    def index(self) -> None:
        """Move down a line; what leaves the top of the first screen stays above it."""
        top, bottom = self.margins or (0, self.lines - 1)
        if self.cursor.y == bottom and top == 0 and self._first_screen is None:
            self._keep_top()
        super().index()

    def _keep_top(self) -> None:
        self.above.append(Kept(line_of(self.buffer[0], self.columns), self.wraps(0)))
        self.scrolled += 1

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Have this size. Blank lines below the cursor go first; what leaves the top stays above the screen."""
        excess = self.lines - (lines or self.lines)
        below = self.lines - 1 - self.cursor.y
        for _ in range(max(0, excess - below)):
            if self._first_screen is None:
                self._keep_top()
            for row in range(self.lines - 1):
                self.buffer[row] = self.buffer[row + 1]
            self.buffer.pop(self.lines - 1)
            self.cursor.y -= 1
        if excess > 0:
            for row in [row for row in self.buffer if row >= self.lines - excess]:
                del self.buffer[row]
            self.lines -= excess
            self.margins = None
            self.dirty.update(range(self.lines))
        super().resize(lines, columns)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """Turn modes on. The size is ours to choose, not the other machine's."""
        private = bool(kwargs.get("private"))
        if private and _SECOND_SCREEN.intersection(modes) and self._first_screen is None:
            self._first_screen = (dict(self.buffer), self.cursor)
            self.buffer.clear()
            self.cursor = pyte.screens.Cursor(0, 0)
            self.dirty.update(range(self.lines))
        super().set_mode(*(mode for mode in modes if not (private and mode == _WIDE_SCREEN)), **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """Turn modes off; back on the first screen everything stands as it did."""
        private = bool(kwargs.get("private"))
        if private and _SECOND_SCREEN.intersection(modes):
            self._leave_second_screen()
        super().reset_mode(*(mode for mode in modes if not (private and mode == _WIDE_SCREEN)), **kwargs)

    def _leave_second_screen(self) -> None:
        if self._first_screen is None:
            return
        lines, self.cursor = self._first_screen
        self._first_screen = None
        self.buffer.clear()
        self.buffer.update(lines)
        self.margins = None
        self.ensure_hbounds()
        self.ensure_vbounds()
        self.dirty.update(range(self.lines))

    def reset(self) -> None:
        """Begin anew, on the first screen."""
        self._first_screen = None
        self.application_keypad = False
        super().reset()

    def save_cursor(self) -> None:
        """Remember the cursor; only so many times."""
        super().save_cursor()
        del self.savepoints[:-_MOST_SAVEPOINTS]

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        """Erase; 3 means what lies above the screen, too."""
        super().erase_in_display(how, *args, **kwargs)
        if how == 3:
            self.above.clear()

    def report_device_status(self, mode: int = 0, **kwargs: Any) -> None:
        """Say that all is well (5) or where the cursor is (6)."""
        if not kwargs.get("private"):
            super().report_device_status(mode)

    def write_process_input(self, data: str) -> None:
        """Keep an answer for the other machine, if it is one of the few that may be given."""
        if _ALLOWED_REPLY.fullmatch(data) and len(self.answers) < MOST_REPLIES:
            self.answers.append(data)

    def set_application_keypad(self) -> None:
        """The keypad's keys are to be sent in their application form (DECKPAM)."""
        self.application_keypad = True

    def reset_application_keypad(self) -> None:
        """The keypad's keys are to be sent as what is written on them (DECKPNM)."""
        self.application_keypad = False

    @property
    def is_second(self) -> bool:
        """Whether a program has the whole window."""
        return self._first_screen is not None


class Stream(pyte.Stream):
    """pyte's parser, with the sequences for the keypad, and with the letters that draw lines."""

    def __init__(self, screen: Screen) -> None:
        self.escape = {**pyte.Stream.escape, "=": "set_application_keypad", ">": "reset_application_keypad"}
        super().__init__(_Calm(screen), strict=False)  # type: ignore[arg-type] # it passes all on to a screen
        self.use_utf8 = False  # it is given text, never bytes; by this it heeds the choice of a set of letters


class _Calm:
    """Passes on what the parser asks of a screen. What pyte stumbles over costs itself alone, not what follows."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def __getattr__(self, name: str) -> Callable[..., None]:
        act = getattr(self._screen, name)

        def try_to(*args: Any, **kwargs: Any) -> None:
            try:
                act(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - pyte raises many kinds on sequences that it half knows
                _log.debug("a sequence was left out: %s", type(error).__name__)

        return try_to
