"""Every colour, size and distance of the windows. No other file names a colour or a pixel.

Distances and type sizes are in device-independent pixels at the system's usual text size; `points` turns a
type size into points, so that text grows with the system's own scaling.
"""

import sys
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

HAIR: Final = 4
TIGHT: Final = 8
SNUG: Final = 12
GAP: Final = 16
WIDE: Final = 24
BROAD: Final = 32
VAST: Final = 48
DISTANCES: Final = (HAIR, TIGHT, SNUG, GAP, WIDE, BROAD, VAST)

CORNER: Final = 8
LINE: Final = 1
FOCUS: Final = 2
ROW: Final = 28
DOT: Final = 8
SCROLLBAR: Final = 8
MARK: Final = 20

CUSTOMER_WINDOW: Final = (520, 680)
DESK_WINDOW: Final = (1280, 800)
DESK_LEAST: Final = (1024, 700)
DESK_ROOMY: Final = 1180
RAIL: Final = 164
CASE_LIST: Final = 232
CASE_LIST_NARROW: Final = 168
FACTS: Final = 208
PALETTE_WINDOW: Final = (560, 360)
SIDE_FIELD: Final = 96
CODE_FIELD: Final = 120
ADDRESS_FIELD: Final = 148
PORTS_MOST: Final = 160
"""How high the customer's ports may stand over the terminal; further ones are scrolled to."""
NOTE_HEIGHT: Final = 60
CASE_ROW: Final = 52
STRIP: Final = 3
PREVIEW_LEAST: Final = 200
TERMINAL_LEAST: Final = 140
TERMINAL_TYPE: Final = 13
TERMINAL_TYPE_LEAST: Final = 8
TERMINAL_TYPE_MOST: Final = 32
TERMINAL_TYPE_SMALLEST: Final = 5
"""What a terminal to look at may shrink to, so that all its columns can be seen."""
FIND_FIELD: Final = 180
WORK_BAR: Final = 120


@dataclass(frozen=True, slots=True)
class Scale:
    """The type sizes of one window: running text, larger text, headline; `control` is a control's least height."""

    body: int
    large: int
    headline: int
    control: int
    padding: int


CUSTOMER: Final = Scale(body=16, large=20, headline=28, control=48, padding=GAP)
DESK: Final = Scale(body=13, large=15, headline=20, control=30, padding=SNUG)
CODE: Final = 44
"""The size of the code that is read aloud, in points."""


@dataclass(frozen=True, slots=True)
class TerminalColours:
    """The ground, the text and the sixteen named colours of a terminal (black to white, then the bright ones)."""

    ground: str
    text: str
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. Pairs named `x` and `x_ground`, or `x` and `on_x`, are read on each other."""

    ground: str
    surface: str
    line: str
    edge: str
    text: str
    quiet: str
    primary: str
    on_primary: str
    primary_hover: str
    stop: str
    on_stop: str
    stop_hover: str
    ok: str
    ok_ground: str
    notice: str
    notice_ground: str
    problem: str
    problem_ground: str
    chosen: str
    match: str
    focus: str
    terminal: TerminalColours


LIGHT: Final = Colours(
    ground="#F6F7F9",
    surface="#FFFFFF",
    line="#D5DBE3",
    edge="#84909E",
    text="#1B2430",
    quiet="#556170",
    primary="#0B6B6B",
    on_primary="#FFFFFF",
    primary_hover="#095858",
    stop="#B3261E",
    on_stop="#FFFFFF",
    stop_hover="#921C15",
    ok="#1E6B3A",
    ok_ground="#E6F4EA",
    notice="#7A4F00",
    notice_ground="#FFF3D6",
    problem="#9B1C14",
    problem_ground="#FDE8E6",
    chosen="#DDEDED",
    match="#FFE9A8",
    focus="#1A5FD0",
    terminal=TerminalColours(
        ground="#FFFFFF",
        text="#1B2430",
        named=(
            "#1B2430", "#9B1C14", "#1E6B3A", "#7A4F00", "#1A4FB0", "#7A2A8C", "#0B6B6B", "#556170",
            "#556170", "#B3261E", "#217A42", "#8A5A00", "#1A5FD0", "#8E35A3", "#0A7272", "#1B2430",
        ),
    ),
)  # fmt: skip

DARK: Final = Colours(
    ground="#12171D",
    surface="#1B222A",
    line="#323C47",
    edge="#728091",
    text="#E6EBF0",
    quiet="#A6B1BD",
    primary="#4FC3C0",
    on_primary="#06201F",
    primary_hover="#6FD3D0",
    stop="#FF8A80",
    on_stop="#2B0906",
    stop_hover="#FFA79F",
    ok="#8FD6A5",
    ok_ground="#16301F",
    notice="#F2C56B",
    notice_ground="#33280F",
    problem="#FF9C94",
    problem_ground="#3A1613",
    chosen="#1D3A3E",
    match="#5A4A12",
    focus="#8AB4F8",
    terminal=TerminalColours(
        ground="#0E1318",
        text="#E6EBF0",
        named=(
            "#8995A2", "#FF9C94", "#8FD6A5", "#F2C56B", "#8AB4F8", "#DDA0EE", "#4FC3C0", "#D4DBE2",
            "#A6B1BD", "#FFB3AC", "#A8E4BB", "#FFD98F", "#A9C8FF", "#EBBBF7", "#7BDAD7", "#FFFFFF",
        ),
    ),
)  # fmt: skip


def colours() -> Colours:
    """The scheme that the system asks for at this moment. Qt thread."""
    return DARK if is_dark() else LIGHT


def is_dark() -> bool:
    """Whether the system asks for the dark scheme. Where it does not say, it is light."""
    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def points(size: int) -> float:
    """A type size in points: systems count 96 dots to the inch at their usual text size, macOS 72."""
    return size * 72 / (72 if sys.platform == "darwin" else 96)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 reckons it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def qt_palette(scheme: Colours) -> QPalette:
    """The scheme in the words of Fusion, for what no style sheet reaches."""
    palette = QPalette()
    role = QPalette.ColorRole
    named = {
        role.Window: scheme.ground,
        role.WindowText: scheme.text,
        role.Base: scheme.surface,
        role.AlternateBase: scheme.ground,
        role.Text: scheme.text,
        role.Button: scheme.surface,
        role.ButtonText: scheme.text,
        role.BrightText: scheme.problem,
        role.Highlight: scheme.primary,
        role.HighlightedText: scheme.on_primary,
        role.Accent: scheme.primary,
        role.Link: scheme.primary,
        role.ToolTipBase: scheme.surface,
        role.ToolTipText: scheme.text,
        role.PlaceholderText: scheme.quiet,
    }
    for part, colour in named.items():
        palette.setColor(part, QColor(colour))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, QColor(scheme.quiet))
    return palette
