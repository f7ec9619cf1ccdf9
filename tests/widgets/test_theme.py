"""The theme: everything can be read, and nothing else names a colour or a pixel."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets import theme
from app.widgets.dress import dress
from app.widgets.theme import DARK, LIGHT, Colours, contrast

READABLE = 4.5
SEEN = 3.0
APP = Path(theme.__file__).parent.parent
_SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])


def text_pairs(scheme: Colours) -> dict[str, tuple[str, str]]:
    """Every text with every ground that it is read on."""
    pairs = {
        f"{ink} on {ground}": (getattr(scheme, ink), getattr(scheme, ground))
        for ground in ("ground", "surface", "chosen")
        for ink in ("text", "quiet", "primary", "problem", "notice", "ok")
    }
    pairs |= {f"on_{name}": (getattr(scheme, f"on_{name}"), getattr(scheme, name)) for name in ("primary", "stop")}
    pairs |= {
        f"on_{name} hovered": (getattr(scheme, f"on_{name}"), getattr(scheme, f"{name}_hover"))
        for name in ("primary", "stop")
    }
    pairs |= {
        level: (getattr(scheme, level), getattr(scheme, f"{level}_ground")) for level in ("ok", "notice", "problem")
    }
    pairs |= {
        "text on refused": (scheme.text, scheme.problem_ground),
        "quiet on refused": (scheme.quiet, scheme.problem_ground),
        "match": (scheme.text, scheme.match),
        "terminal": (scheme.terminal.text, scheme.terminal.ground),
    }
    named = enumerate(scheme.terminal.named)
    return pairs | {f"terminal colour {number}": (colour, scheme.terminal.ground) for number, colour in named}


@_SCHEMES
def test_every_text_can_be_read_on_its_ground(scheme: Colours) -> None:
    poor = {name: round(contrast(*pair), 2) for name, pair in text_pairs(scheme).items() if contrast(*pair) < READABLE}
    assert not poor


@_SCHEMES
def test_the_focus_and_the_edges_of_controls_are_seen(scheme: Colours) -> None:
    for ground in (scheme.ground, scheme.surface):
        assert contrast(scheme.focus, ground) >= SEEN
        assert contrast(scheme.edge, ground) >= SEEN


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    "path", sorted(p for room in ("widgets", "gethelp", "desk") for p in (APP / room).rglob("*.py"))
)
def test_no_other_file_names_a_colour_or_a_pixel(path: Path) -> None:
    if path.name == "theme.py":
        return
    assert not re.findall(r"#[0-9A-Fa-f]{6}\b|\b[1-9]\d*p[xt]\b", path.read_text())


def test_distances_grow_and_only_these_are_used() -> None:
    assert theme.DISTANCES == (4, 8, 12, 16, 24, 32, 48)


def test_a_window_turns_dark_with_the_system(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dress(window, theme.CUSTOMER)
    assert LIGHT.ground in window.styleSheet()
    monkeypatch.setattr(theme, "is_dark", lambda: True)
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert DARK.ground in window.styleSheet()
    monkeypatch.undo()
    hints.colorSchemeChanged.emit(hints.colorScheme())
