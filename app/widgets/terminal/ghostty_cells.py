"""Reads lines out of Ghostty's terminal: the letters in its cells, and how they look."""

import weakref
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from app.widgets.terminal.emulator import Line, Run, Style
from app.widgets.terminal.libghostty import Library

_NAMED = 16
_CUBE = (0, 95, 135, 175, 215, 255)
_MOST_MARKS, _LONGEST_CLUSTER = 7, 256
_LOOK_PALETTE, _LOOK_COLOUR = 1 << 16, 1 << 17


class _Cell(NamedTuple):
    """What a cell says by itself. `look` is 0 for the usual look, else the number of a style or a bare colour."""

    text: str
    look: int
    wide: bool
    has_marks: bool


_TAIL = _Cell("", 0, False, False)
"""The second column of a wide letter, or the last of a line that had no room for one."""


class Cells:
    """The lines of one terminal, counted from the oldest. The screen's are read all at once, after `outdate`."""

    def __init__(self, ghostty: Library, terminal: Any) -> None:
        ffi, self._lib = ghostty.ffi, ghostty.lib
        self._ffi, self._terminal = ffi, terminal
        self._reference = ffi.new("GhosttyGridRef*")
        self._style = ffi.new("GhosttyStyle*")
        self._cell = ffi.new("GhosttyCell*")
        self._point = ffi.new("GhosttyPoint*", {"tag": self._lib.GHOSTTY_POINT_TAG_SCREEN})
        self._marks = ffi.new("uint32_t[]", _LONGEST_CLUSTER)
        self._reference.size, self._style.size = ffi.sizeof("GhosttyGridRef"), ffi.sizeof("GhosttyStyle")
        self._state = ffi.new("GhosttyRenderState*")
        self._rows = ffi.new("GhosttyRenderStateRowIterator*")
        self._row_cells = ffi.new("GhosttyCellsView*")
        self._lib.ghostty_render_state_new(ffi.NULL, self._state)
        self._lib.ghostty_render_state_row_iterator_new(ffi.NULL, self._rows)
        weakref.finalize(self, _free, self._lib, self._state, self._rows)
        self._screen: list[list[int]] | None = None
        self._decoded = lru_cache(maxsize=8192)(self._decode)

    def outdate(self) -> None:
        """The terminal has changed."""
        self._screen = None

    def line(self, row: int, above: int, columns: int) -> Line:
        """The letters of a line by style: 0 is the screen's first, and so many lie above it."""
        if not self._go_to(above + row):
            return ()
        values = self._far_row(columns) if row < 0 else self._screen_row(row)
        while values and not values[-1]:
            values.pop()
        return self._runs(list(map(self._decoded, values)))

    def _runs(self, cells: list[_Cell]) -> Line:
        styles: dict[int, Style] = {0: _USUAL}
        runs: list[Run] = []
        start, text, look = 0, "", 0
        for column, cell in enumerate(cells):
            if text and (cell.look != look or cell is _TAIL or not cell.text.isascii() or cell.has_marks):
                runs.append(Run(start, text, styles[look]))
                text = ""
            if cell is _TAIL:
                continue
            if cell.look not in styles:
                styles[cell.look] = self._look(cell.look, column)
            if cell.has_marks or not cell.text.isascii():
                letter = self._with_marks(column) if cell.has_marks else cell.text
                runs.append(Run(column, letter, styles[cell.look], cell.wide))
                continue
            if not text:
                start, look = column, cell.look
            text += cell.text
        if text:
            runs.append(Run(start, text, styles[look]))
        return tuple(runs)

    def wraps(self, number: int) -> bool:
        """Whether the line was cut by the window's edge."""
        row, wraps = self._ffi.new("GhosttyRow*"), self._ffi.new("bool*")
        if not self._go_to(number) or self._lib.ghostty_grid_ref_row(self._reference, row):
            return False
        self._lib.ghostty_row_get(row[0], self._lib.GHOSTTY_ROW_DATA_WRAP, wraps)
        return bool(wraps[0])

    def texts(self, first: int, count: int, columns: int) -> list[str]:
        """The text of these lines; those at the end that are blank may be missing."""
        if count < 1:
            return []
        selection = self._ffi.new("GhosttySelection*", {"size": self._ffi.sizeof("GhosttySelection")})
        for end, number, column in ((selection.start, first, 0), (selection.end, first + count - 1, columns - 1)):
            if not self._go_to(number):
                return []
            end.size, end.node = self._reference.size, self._reference.node
            end.x, end.y = column, self._reference.y
        options = self._ffi.new("GhosttyTerminalSelectionFormatOptions*")
        options.size = self._ffi.sizeof("GhosttyTerminalSelectionFormatOptions")
        options.emit, options.trim, options.selection = self._lib.GHOSTTY_FORMATTER_FORMAT_PLAIN, True, selection
        return self._formatted(options[0], count * (columns + 1)).split("\n")

    def _formatted(self, options: Any, letters: int) -> str:
        """The text chosen by these options; `letters` is a guess of its length. The library says where it is more."""
        written = self._ffi.new("size_t*")
        room = letters
        for _try in range(2):
            data = self._ffi.new("uint8_t[]", room)
            if not self._lib.ghostty_terminal_selection_format_buf(self._terminal, options, data, room, written):
                return bytes(self._ffi.buffer(data, written[0])).decode("utf-8", "replace")
            room = max(room, written[0])
        return ""

    def _screen_row(self, row: int) -> list[int]:
        if self._screen is None:
            self._screen = list(self._read_screen())
        return self._screen[row] if row < len(self._screen) else []

    def _read_screen(self) -> Iterator[list[int]]:
        lib, rows, cells = self._lib, self._rows, self._row_cells
        lib.ghostty_render_state_update(self._state[0], self._terminal)
        lib.ghostty_render_state_get(self._state[0], lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, rows)
        while lib.ghostty_render_state_row_iterator_next(rows[0]):
            lib.ghostty_render_state_row_get(rows[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, cells)
            yield self._ffi.unpack(cells.ptr, cells.len)

    def _far_row(self, columns: int) -> list[int]:
        """A line above the screen: they are read cell by cell, and few at a time."""
        reference, cell, read = self._reference, self._cell, self._lib.ghostty_grid_ref_cell
        values: list[int] = []
        for column in range(columns):
            reference.x = column
            if read(reference, cell):
                break
            values.append(cell[0])
        return values

    def _go_to(self, number: int) -> bool:
        self._point.value.x, self._point.value.y = 0, number
        return not self._lib.ghostty_terminal_grid_ref(self._terminal, self._point[0], self._reference)

    def _decode(self, value: int) -> _Cell:
        """What a cell's number means. The same number always means the same, but for the style's."""
        lib = self._lib
        width = self._part(value, lib.GHOSTTY_CELL_DATA_WIDE, "int")
        if width in (lib.GHOSTTY_CELL_WIDE_SPACER_TAIL, lib.GHOSTTY_CELL_WIDE_SPACER_HEAD):
            return _TAIL
        content = self._part(value, lib.GHOSTTY_CELL_DATA_CONTENT_TAG, "int")
        if content == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE:
            colour = self._part(value, lib.GHOSTTY_CELL_DATA_COLOR_PALETTE, "uint8_t")
            return _Cell(" ", _LOOK_PALETTE | colour, False, False)
        if content == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_RGB:
            rgb = self._ffi.new("GhosttyColorRgb*")
            lib.ghostty_cell_get(value, lib.GHOSTTY_CELL_DATA_COLOR_RGB, rgb)
            return _Cell(" ", _LOOK_COLOUR | (rgb.r << 40 | rgb.g << 32 | rgb.b << 24), False, False)
        letter = self._part(value, lib.GHOSTTY_CELL_DATA_CODEPOINT, "uint32_t")
        look = self._part(value, lib.GHOSTTY_CELL_DATA_STYLE_ID, "uint16_t")
        wide = width == lib.GHOSTTY_CELL_WIDE_WIDE
        return _Cell(chr(letter) if letter else " ", look, wide, content == lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME)

    def _part(self, value: int, part: int, kind: str) -> int:
        out = self._ffi.new(f"{kind}*")
        self._lib.ghostty_cell_get(value, part, out)
        return int(out[0])

    def _with_marks(self, column: int) -> str:
        self._reference.x = column
        count = self._ffi.new("size_t*")
        if self._lib.ghostty_grid_ref_graphemes(self._reference, self._marks, _LONGEST_CLUSTER, count):
            return "\ufffd"
        return "".join(map(chr, self._marks[0 : min(count[0], 1 + _MOST_MARKS)]))

    def _look(self, look: int, column: int) -> Style:
        if look & _LOOK_PALETTE:
            return Style(background=_indexed(look & 0xFF))
        if look & _LOOK_COLOUR:
            return Style(background=f"{look >> 24:06x}")
        self._reference.x = column
        if self._lib.ghostty_grid_ref_style(self._reference, self._style):
            return _USUAL
        style = self._style
        return Style(
            self._colour(style.fg_color),
            self._colour(style.bg_color),
            bold=bool(style.bold),
            italic=bool(style.italic),
            underline=bool(style.underline),
            struck=bool(style.strikethrough),
            reverse=bool(style.inverse),
            faint=bool(style.faint),
        )

    def _colour(self, colour: Any) -> int | str | None:
        if colour.tag == self._lib.GHOSTTY_STYLE_COLOR_PALETTE:
            return _indexed(colour.value.palette)
        if colour.tag == self._lib.GHOSTTY_STYLE_COLOR_RGB:
            rgb = colour.value.rgb
            return f"{rgb.r:02x}{rgb.g:02x}{rgb.b:02x}"
        return None


_USUAL = Style()


def _free(lib: Any, state: Any, rows: Any) -> None:
    lib.ghostty_render_state_row_iterator_free(rows[0])
    lib.ghostty_render_state_free(state[0])


def _indexed(number: int) -> int | str:
    """One of xterm's 256 colours: the first sixteen by number, then a cube of six by six by six, then greys."""
    if number < _NAMED:
        return number
    if number >= 232:
        return f"{8 + 10 * (number - 232):02x}" * 3
    number -= _NAMED
    return "".join(f"{_CUBE[part]:02x}" for part in (number // 36, number // 6 % 6, number % 6))
