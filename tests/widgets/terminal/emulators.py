"""Both emulators, for every test that either must pass."""

import platform
import sys
from collections.abc import Callable

import pytest

from app.widgets.terminal.emulator import Emulator, text_of
from app.widgets.terminal.ghostty_emulator import GhosttyEmulator
from app.widgets.terminal.libghostty import library
from app.widgets.terminal.pyte_emulator import PyteEmulator

Maker = Callable[[int, int], Emulator]


def ghostty(columns: int, rows: int) -> Emulator:
    """The emulator on Ghostty's core. Where the package has a wheel it must load: no test is passed over in silence."""
    loaded = library()
    assert loaded is not None
    return GhosttyEmulator(loaded, columns, rows)


_PLACE = (sys.platform, platform.machine())
HAS_WHEEL = _PLACE in {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")}
needs_wheel = pytest.mark.skipif(not HAS_WHEEL, reason="there is no wheel of pyghostty for this machine")
every_emulator = pytest.mark.parametrize(
    "make", [pytest.param(PyteEmulator, id="pyte"), pytest.param(ghostty, id="ghostty", marks=needs_wheel)]
)


def shown(emulator: Emulator) -> list[str]:
    """The lines that are not empty, as text."""
    return [text for text in map(text_of, emulator.lines()) if text]
