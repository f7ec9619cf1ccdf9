"""The terminal core of Ghostty (libghostty-vt), as the package pyghostty carries it: the part of it that is used here.

Importing pyghostty reads the declarations of the whole library, a third of a second before a first window. These few
are read in some milliseconds. They are those of one release, and no other is loaded; the tests compare each of them
with the package's own.
"""

import logging
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)
_RELEASE = "0.1.3"
_NAMES = ("libghostty-vt.so", "libghostty-vt.dylib", "libghostty-vt.dll")

DECLARATIONS = """
typedef struct GhosttyTerminalImpl* GhosttyTerminal;
typedef struct GhosttyTrackedGridRefImpl* GhosttyTrackedGridRef;
typedef uint64_t GhosttyCell;
typedef uint64_t GhosttyRow;
typedef struct { uint8_t r; uint8_t g; uint8_t b; } GhosttyColorRgb;
typedef union { uint8_t palette; GhosttyColorRgb rgb; uint64_t _padding; } GhosttyStyleColorValue;
typedef struct { int tag; GhosttyStyleColorValue value; } GhosttyStyleColor;
typedef struct {
    size_t size;
    GhosttyStyleColor fg_color; GhosttyStyleColor bg_color; GhosttyStyleColor underline_color;
    bool bold; bool italic; bool faint; bool blink; bool inverse; bool invisible; bool strikethrough; bool overline;
    int underline;
} GhosttyStyle;
typedef struct GhosttyRenderStateImpl* GhosttyRenderState;
typedef struct GhosttyRenderStateRowIteratorImpl* GhosttyRenderStateRowIterator;
typedef struct { const GhosttyCell* ptr; size_t len; } GhosttyCellsView;
typedef struct { size_t size; void *node; uint16_t x; uint16_t y; } GhosttyGridRef;
typedef struct { uint16_t x; uint32_t y; } GhosttyPointCoordinate;
typedef struct { uint16_t x; uint32_t y; uint64_t _padding; } GhosttyPointValue;
typedef struct { int tag; GhosttyPointValue value; } GhosttyPoint;
typedef struct { size_t size; GhosttyGridRef start; GhosttyGridRef end; bool rectangle; } GhosttySelection;
typedef struct {
    size_t size; int emit; bool unwrap; bool trim; const GhosttySelection *selection;
} GhosttyTerminalSelectionFormatOptions;
typedef struct { uint16_t mode; bool value; } GhosttyTerminalModeConfig;
typedef void (*GhosttyTerminalWritePtyFn)(GhosttyTerminal, void*, const uint8_t*, size_t);

int ghostty_terminal_new(const void*, GhosttyTerminal*, uint16_t, uint16_t);
void ghostty_terminal_free(GhosttyTerminal);
int ghostty_terminal_resize(GhosttyTerminal, uint16_t, uint16_t, uint32_t, uint32_t);
int ghostty_terminal_set(GhosttyTerminal, int, const void*);
int ghostty_terminal_get(GhosttyTerminal, int, void*);
void ghostty_terminal_vt_write(GhosttyTerminal, const uint8_t*, size_t);
int ghostty_terminal_grid_ref(GhosttyTerminal, GhosttyPoint, GhosttyGridRef*);
int ghostty_terminal_grid_ref_track(GhosttyTerminal, GhosttyPoint, GhosttyTrackedGridRef*);
int ghostty_tracked_grid_ref_point(GhosttyTrackedGridRef, int, GhosttyPointCoordinate*);
int ghostty_tracked_grid_ref_set(GhosttyTrackedGridRef, GhosttyTerminal, GhosttyPoint);
void ghostty_tracked_grid_ref_free(GhosttyTrackedGridRef);
int ghostty_grid_ref_cell(const GhosttyGridRef*, GhosttyCell*);
int ghostty_grid_ref_style(const GhosttyGridRef*, GhosttyStyle*);
int ghostty_grid_ref_graphemes(const GhosttyGridRef*, uint32_t*, size_t, size_t*);
int ghostty_grid_ref_row(const GhosttyGridRef*, GhosttyRow*);
int ghostty_row_get(GhosttyRow, int, void*);
int ghostty_cell_get(GhosttyCell, int, void*);
int ghostty_render_state_new(const void*, GhosttyRenderState*);
void ghostty_render_state_free(GhosttyRenderState);
int ghostty_render_state_update(GhosttyRenderState, GhosttyTerminal);
int ghostty_render_state_get(GhosttyRenderState, int, void*);
int ghostty_render_state_row_iterator_new(const void*, GhosttyRenderStateRowIterator*);
void ghostty_render_state_row_iterator_free(GhosttyRenderStateRowIterator);
bool ghostty_render_state_row_iterator_next(GhosttyRenderStateRowIterator);
int ghostty_render_state_row_get(GhosttyRenderStateRowIterator, int, void*);
int ghostty_terminal_selection_format_buf(
    GhosttyTerminal, GhosttyTerminalSelectionFormatOptions, uint8_t*, size_t, size_t*);

enum {
    GHOSTTY_SUCCESS = 0,
    GHOSTTY_TERMINAL_OPT_WRITE_PTY = 1,
    GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_BYTES = 27,
    GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_LINES = 28,
    GHOSTTY_TERMINAL_DATA_COLS = 1,
    GHOSTTY_TERMINAL_DATA_ROWS = 2,
    GHOSTTY_TERMINAL_DATA_CURSOR_X = 3,
    GHOSTTY_TERMINAL_DATA_CURSOR_Y = 4,
    GHOSTTY_TERMINAL_DATA_ACTIVE_SCREEN = 6,
    GHOSTTY_TERMINAL_DATA_CURSOR_VISIBLE = 7,
    GHOSTTY_TERMINAL_DATA_SCROLLBACK_ROWS = 15,
    GHOSTTY_TERMINAL_DATA_MODE = 37,
    GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR = 4,
    GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW = 5,
    GHOSTTY_POINT_TAG_SCREEN = 2,
    GHOSTTY_ROW_DATA_WRAP = 1,
    GHOSTTY_CELL_DATA_CODEPOINT = 1,
    GHOSTTY_CELL_DATA_CONTENT_TAG = 2,
    GHOSTTY_CELL_DATA_WIDE = 3,
    GHOSTTY_CELL_DATA_STYLE_ID = 6,
    GHOSTTY_CELL_DATA_COLOR_PALETTE = 10,
    GHOSTTY_CELL_DATA_COLOR_RGB = 11,
    GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME = 1,
    GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE = 2,
    GHOSTTY_CELL_CONTENT_BG_COLOR_RGB = 3,
    GHOSTTY_CELL_WIDE_WIDE = 1,
    GHOSTTY_CELL_WIDE_SPACER_TAIL = 2,
    GHOSTTY_CELL_WIDE_SPACER_HEAD = 3,
    GHOSTTY_STYLE_COLOR_PALETTE = 1,
    GHOSTTY_STYLE_COLOR_RGB = 2,
    GHOSTTY_FORMATTER_FORMAT_PLAIN = 0
};
"""


@dataclass(frozen=True, slots=True)
class Library:
    """The loaded library: `lib` has its functions and numbers, `ffi` makes what is handed to them (see cffi)."""

    ffi: Any
    lib: Any


@cache
def library() -> Library | None:
    """The library, or None where there is none for this machine. Loaded once; any thread."""
    path = _path()
    if path is None:
        return None
    try:
        from cffi import FFI

        ffi = FFI()
        ffi.cdef(DECLARATIONS)
        lib = ffi.dlopen(str(path))
        for name in dir(lib):
            getattr(lib, name)  # found now, since finding takes a lock, and a terminal may be freed while it is held
        return Library(ffi, lib)
    except (ImportError, OSError):
        _log.warning("the terminal library of Ghostty cannot be loaded; the slower one is used", exc_info=True)
        return None


def _path() -> Path | None:
    try:
        if version("pyghostty") != _RELEASE:
            return None
    except PackageNotFoundError:
        return None
    spec = find_spec("pyghostty")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "_lib"
    return next((folder / name for name in _NAMES if (folder / name).is_file()), None)
