"""A customer with a real store, and their window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.flows.party import Party
from app.gethelp.window import GetHelpWindow
from tests.widgets.people import party


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Party]:
    """A customer whose provider cannot be reached."""
    someone = party(tmp_path / "lone", None)
    yield someone
    someone.close()


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[[Party], GetHelpWindow]]:
    """Opens a customer's window; it is closed in the end."""
    windows: list[GetHelpWindow] = []

    def make(someone: Party) -> GetHelpWindow:
        window = GetHelpWindow(someone)
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
