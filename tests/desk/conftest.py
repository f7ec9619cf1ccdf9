"""A technician with a real store and cases in it, and their desk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.desk.window import DeskWindow
from app.flows.party import Party
from tests.widgets.people import technician


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Party]:
    """A technician whose service cannot be reached."""
    someone = technician(tmp_path / "anna")
    yield someone
    someone.close()


@pytest.fixture
def open_desk(qtbot: QtBot) -> Iterator[Callable[[Party], DeskWindow]]:
    """Opens a technician's desk; it is closed in the end."""
    desks: list[DeskWindow] = []

    def make(someone: Party) -> DeskWindow:
        desk = DeskWindow(someone)
        desks.append(desk)
        desk.show()
        return desk

    yield make
    for desk in desks:
        desk.close()
        desk.deleteLater()
