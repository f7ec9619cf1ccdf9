"""The size of the terminal's letters is there again at the next start, and what was kept is not trusted blindly."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.desk.window import DeskWindow
from app.flows.letters import remember_letters, remembered_letters
from app.flows.party import Party
from app.widgets import theme
from app.widgets.terminal.terminal_view import TerminalView
from tests.widgets.driving import find
from tests.widgets.people import technician

Open = Callable[[Party], DeskWindow]
KEPT = "terminal letters"


def terminal(desk: DeskWindow) -> TerminalView:
    """The desk's terminal."""
    found = find(desk, "terminal")
    assert isinstance(found, TerminalView)
    return found


def test_the_size_chosen_is_there_at_the_next_start(qtbot: QtBot, tmp_path: Path, open_desk: Open) -> None:
    anna = technician(tmp_path / "someone")
    desk = open_desk(anna)
    for _ in range(4):
        QTest.keyClick(terminal(desk), Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    chosen = theme.TERMINAL_TYPE + 4
    assert terminal(desk)._type == chosen
    qtbot.waitUntil(lambda: remembered_letters(anna) == chosen)
    desk.close()
    again = open_desk(anna)
    qtbot.waitUntil(lambda: terminal(again)._type == chosen)
    terminal(again).begin_anew()
    assert terminal(again)._type == chosen
    QTest.keyClick(terminal(again), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: remembered_letters(anna) == theme.TERMINAL_TYPE)
    again.close()
    anna.close()


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("1", theme.TERMINAL_TYPE_LEAST),
        ("999", theme.TERMINAL_TYPE_MOST),
        ("", theme.TERMINAL_TYPE),
        ("-20", theme.TERMINAL_TYPE),
        ("twenty", theme.TERMINAL_TYPE),
        ("²²", theme.TERMINAL_TYPE),
        ("9" * 5000, theme.TERMINAL_TYPE),
    ],
)
def test_what_was_kept_is_bounded(qtbot: QtBot, anna: Party, open_desk: Open, kept: str, shown: int) -> None:
    anna.store.set_value(KEPT, kept)
    desk = open_desk(anna)
    letters = desk._session._letters
    qtbot.waitUntil(lambda: letters._kept is not None)
    assert terminal(desk)._type == shown


def test_who_chose_before_the_old_size_was_read_is_not_overruled(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    remember_letters(anna, 20)
    desk = open_desk(anna)
    terminal(desk).set_type(9)  # no event was worked on yet
    qtbot.waitUntil(lambda: remembered_letters(anna) == 9)
    assert terminal(desk)._type == 9
