"""The emulator that is fast: Ghostty's terminal core, behind the same small interface as any other."""

import re
import weakref
from collections.abc import Callable
from typing import Any

from app.widgets.terminal.emulator import MOST_REPLIES, SCROLLBACK_LINES, Cursor, Line
from app.widgets.terminal.ghostty_cells import Cells
from app.widgets.terminal.libghostty import Library
from app.widgets.terminal.untrusted import Cleaner

_BYTES_A_CELL, _LEAST_BYTES, _MOST_LINES = 10, 1024 * 1024, 4 * SCROLLBACK_LINES
"""What lies above the screen is bounded in bytes: bounded in lines, the library takes in half as much in the same time.

The bound in lines is for windows of few columns alone.
"""
_CELL = (8, 16)  # in pixels; only reports of sizes would tell it, and those are not given
_APPLICATION_CURSOR, _APPLICATION_KEYPAD, _BRACKETED_PASTE = 1, 66, 2004
_STATUS_OR_CURSOR = re.compile(rb"\x1b\[(?:0n|[0-9]{1,5};[0-9]{1,5}R)")
_KIND = re.compile(rb"\x1b\[\?[0-9;]{1,30}c")
_OUR_KIND = b"\x1b[?6c"


class GhosttyEmulator:
    """An `Emulator`. What it is fed is cleaned first: the library sees no title, clipboard or device string."""

    slice_bytes = 32 * 1024

    def __init__(self, ghostty: Library, columns: int = 80, rows: int = 24) -> None:
        self.columns, self.rows = max(1, columns), max(1, rows)
        self._ffi, self._lib = ghostty.ffi, ghostty.lib
        self._cleaner = Cleaner()
        self._answers: list[bytes] = []
        self._cache: dict[int, Line] = {}
        self._terminal = self._new_terminal()
        self._cells = Cells(ghostty, self._terminal)
        self._mark = self._ffi.new("GhosttyTrackedGridRef*")
        self._marked = self._scrolled = 0
        weakref.finalize(self, _free, self._lib, self._terminal, self._mark)
        self._count_scrolled()

    def feed(self, untrusted: bytes) -> None:
        """Take output in."""
        data = self._cleaner.clean(untrusted).encode()
        self._lib.ghostty_terminal_vt_write(self._terminal, data, len(data))
        if (self._number("COLS", "uint16_t"), self._number("ROWS", "uint16_t")) != (self.columns, self.rows):
            self._set_size()  # some sequences ask for another; the size is ours to choose
        self._count_scrolled()
        self._forget_lines()

    def resize(self, columns: int, rows: int) -> None:
        """Have this many columns and rows from now on. Lines are wrapped anew."""
        self.columns, self.rows = max(1, columns), max(1, rows)
        self._set_size()
        self._count_scrolled()
        self._forget_lines()

    def line(self, row: int) -> Line:
        """One line of the screen, or above it."""
        line = self._cache.get(row)
        if line is None:
            line = self._cache[row] = self._cells.line(row, self.scrollback, self.columns)
        return line

    def lines(self) -> tuple[Line, ...]:
        """The screen from top to bottom."""
        return tuple(self.line(row) for row in range(self.rows))

    def texts(self, first: int, count: int) -> list[str]:
        """The text of so many lines from this one on."""
        texts = self._cells.texts(self.scrollback + first, min(count, self.rows - first), self.columns)
        return texts + [""] * (count - len(texts))

    def wraps(self, row: int) -> bool:
        """Whether the line goes on in the next one only because the window is no wider."""
        return self._cells.wraps(self.scrollback + row)

    @property
    def cursor(self) -> Cursor:
        """Where the cursor is."""
        column, row = self._number("CURSOR_X", "uint16_t"), self._number("CURSOR_Y", "uint16_t")
        return Cursor(column, row, bool(self._number("CURSOR_VISIBLE", "bool")))

    @property
    def scrollback(self) -> int:
        """How many lines lie above the screen."""
        return self._number("SCROLLBACK_ROWS", "size_t")

    @property
    def scrolled(self) -> int:
        """How many lines have left the screen's top so far."""
        return self._scrolled

    @property
    def application_cursor(self) -> bool:
        """Whether arrow keys are to be sent in their application form."""
        return self._has_mode(_APPLICATION_CURSOR)

    @property
    def application_keypad(self) -> bool:
        """Whether the keypad's keys are to be sent in their application form."""
        return self._has_mode(_APPLICATION_KEYPAD)

    @property
    def bracketed_paste(self) -> bool:
        """Whether pasted text is to be marked as pasted."""
        return self._has_mode(_BRACKETED_PASTE)

    def replies(self) -> bytes:
        """What may be answered since the last call."""
        given = b"".join(self._answers)
        self._answers.clear()
        return given

    def _new_terminal(self) -> Any:
        made = self._ffi.new("GhosttyTerminal*")
        if self._lib.ghostty_terminal_new(self._ffi.NULL, made, self.columns, self.rows):
            raise MemoryError
        self._bound(made[0])
        self._answer = self._ffi.callback("GhosttyTerminalWritePtyFn", _keeper(self._ffi, self._answers))
        self._lib.ghostty_terminal_set(made[0], self._lib.GHOSTTY_TERMINAL_OPT_WRITE_PTY, self._answer)
        return made[0]

    def _forget_lines(self) -> None:
        self._cache.clear()
        self._cells.outdate()

    def _bound(self, terminal: Any) -> None:
        enough = max(_LEAST_BYTES, SCROLLBACK_LINES * self.columns * _BYTES_A_CELL)
        for name, most in (("LINES", _MOST_LINES), ("BYTES", enough)):
            option = getattr(self._lib, f"GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_{name}")
            self._lib.ghostty_terminal_set(terminal, option, self._ffi.new("size_t*", most))

    def _set_size(self) -> None:
        self._bound(self._terminal)
        self._lib.ghostty_terminal_resize(self._terminal, self.columns, self.rows, *_CELL)

    def _number(self, name: str, kind: str) -> int:
        value = self._ffi.new(f"{kind}*")
        self._lib.ghostty_terminal_get(self._terminal, getattr(self._lib, f"GHOSTTY_TERMINAL_DATA_{name}"), value)
        return int(value[0])

    def _has_mode(self, number: int) -> bool:
        mode = self._ffi.new("GhosttyTerminalModeConfig*", {"mode": number})
        self._lib.ghostty_terminal_get(self._terminal, self._lib.GHOSTTY_TERMINAL_DATA_MODE, mode)
        return bool(mode.value)

    def _count_scrolled(self) -> None:
        """Number the lines anew, by the line at the screen's top that was marked when they were last numbered.

        The library moves the mark as the line moves, and loses it where the line is gone.
        """
        if self._number("ACTIVE_SCREEN", "int"):
            return  # the second screen keeps no lines
        above = self.scrollback
        place = self._ffi.new("GhosttyPointCoordinate*")
        if not self._mark[0]:
            self._lib.ghostty_terminal_grid_ref_track(self._terminal, self._top(above), self._mark)
        else:
            lost = self._lib.ghostty_tracked_grid_ref_point(self._mark[0], self._lib.GHOSTTY_POINT_TAG_SCREEN, place)
            moved = self._scrolled + above + 1 if lost else self._marked - place.y + above
            self._scrolled = max(self._scrolled, moved)
            self._lib.ghostty_tracked_grid_ref_set(self._mark[0], self._terminal, self._top(above))
        self._marked = self._scrolled

    def _top(self, above: int) -> Any:
        return self._ffi.new("GhosttyPoint*", {"tag": self._lib.GHOSTTY_POINT_TAG_SCREEN, "value": {"y": above}})[0]


def _keeper(ffi: Any, answers: list[bytes]) -> Callable[[object, object, object, int], None]:
    """Keeps what the library wants to answer, if it is one of the few answers that may be given."""

    def keep(_terminal: object, _data: object, answer: object, length: int) -> None:
        told = bytes(ffi.buffer(answer, length))
        if _KIND.fullmatch(told):
            told = _OUR_KIND
        if len(answers) < MOST_REPLIES and (told == _OUR_KIND or _STATUS_OR_CURSOR.fullmatch(told)):
            answers.append(told)

    return keep


def _free(lib: Any, terminal: Any, mark: Any) -> None:
    lib.ghostty_tracked_grid_ref_free(mark[0])
    lib.ghostty_terminal_free(terminal)
