"""Our declarations of Ghostty's core are the package's own, and what is chosen where there is none."""

import re
from importlib.metadata import PackageNotFoundError

import pytest

from app.widgets.terminal import choice, libghostty
from app.widgets.terminal.ghostty_emulator import GhosttyEmulator
from app.widgets.terminal.libghostty import DECLARATIONS, library
from app.widgets.terminal.pyte_emulator import PyteEmulator
from tests.widgets.terminal.emulators import needs_wheel

_STRUCTS = (
    "GhosttyStyle", "GhosttyStyleColor", "GhosttyGridRef", "GhosttyPointCoordinate", "GhosttyPoint", "GhosttySelection",
    "GhosttyTerminalSelectionFormatOptions", "GhosttyTerminalModeConfig", "GhosttyColorRgb", "GhosttyCellsView",
)  # fmt: skip


@needs_wheel
def test_every_declaration_is_the_packages_own() -> None:
    from pyghostty._ffi import ffi as theirs
    from pyghostty._ffi import lib

    loaded = library()
    assert loaded is not None
    ours = loaded.ffi
    for name in _STRUCTS:
        assert ours.sizeof(name) == theirs.sizeof(name), name
        assert ours.alignof(name) == theirs.alignof(name), name
        if name != "GhosttyPoint":  # ours has a record where theirs has a union of the same form
            assert _offsets(ours, name) == _offsets(theirs, name), name
    for name, value in re.findall(r"(GHOSTTY_\w+) = (\d+)", DECLARATIONS):
        assert getattr(lib, name) == int(value), name
    functions = re.findall(r"(ghostty_\w+)\(", DECLARATIONS)
    assert len(functions) > 20
    for name in functions:
        own, their = (ffi.typeof(ffi.addressof(it, name)) for ffi, it in ((ours, loaded.lib), (theirs, lib)))
        assert [_size(ours, one) for one in own.args] == [_size(theirs, one) for one in their.args], name
        assert _size(ours, own.result) == _size(theirs, their.result), name


def _offsets(ffi: object, name: str) -> list[tuple[str, int]]:
    return [(field, part.offset) for field, part in ffi.typeof(name).fields]  # type: ignore[attr-defined] # cffi's


def _size(ffi: object, kind: object) -> int:
    return 0 if kind.kind == "void" else int(ffi.sizeof(kind))  # type: ignore[attr-defined] # cffi's objects


@needs_wheel
def test_all_is_found_when_it_is_loaded() -> None:
    loaded = library.__wrapped__()
    assert loaded is not None
    with loaded.ffi._lock:  # as when memory is tidied up while another function is looked for
        assert loaded.lib.ghostty_terminal_free
        assert loaded.lib.ghostty_tracked_grid_ref_free
        assert loaded.lib.ghostty_render_state_free


@needs_wheel
def test_ghosttys_core_is_chosen_where_it_is() -> None:
    assert isinstance(choice.new_emulator(10, 2), GhosttyEmulator)


def test_pyte_is_chosen_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "library", lambda: None)
    emulator = choice.new_emulator(10, 2)
    assert isinstance(emulator, PyteEmulator)
    assert (emulator.columns, emulator.rows) == (10, 2)


@pytest.mark.parametrize("found", ["0.1.2", "0.2.0", None])
def test_no_other_release_is_loaded(monkeypatch: pytest.MonkeyPatch, found: str | None) -> None:
    def version(_name: str) -> str:
        if found is None:
            raise PackageNotFoundError
        return found

    monkeypatch.setattr(libghostty, "version", version)
    assert library.__wrapped__() is None
