"""The customer's window before there is anything to show in it."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.flows.party import Party
from app.gethelp.opening import Opening
from app.gethelp.window import GetHelpWindow
from app.system.errors import NoKeyringError
from tests.flows.conftest import Town, town
from tests.widgets.driving import find, press, write

__all__ = ["town"]

Open = Callable[[Callable[[], Party]], Opening]


@pytest.fixture
def opening() -> Iterator[Open]:
    """Shows the window for whatever comes of this; it is closed in the end."""
    windows: list[Opening] = []

    def make(open_party: Callable[[], Party]) -> Opening:
        window = Opening(open_party)
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


def texts(window: QWidget) -> str:
    """All that can be read in the window."""
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_the_window_is_there_while_the_store_is_still_being_opened(qtbot: QtBot, lone: Party, opening: Open) -> None:
    unlocked = threading.Event()

    def slowly() -> Party:
        assert unlocked.wait(30)
        return lone

    window = opening(slowly)
    qtbot.waitExposed(window)
    assert "One moment" in texts(window)
    with qtbot.waitSignal(window.opened):
        unlocked.set()
    assert "One moment" not in texts(window)
    assert "Example IT will help you" in texts(window)
    assert "Example IT" in window.windowTitle()


def test_what_keeps_the_store_shut_is_told_in_the_window(qtbot: QtBot, opening: Open) -> None:
    def refused() -> Party:
        raise NoKeyringError("nothing found")

    window = opening(refused)
    qtbot.waitUntil(lambda: "No keyring" in find(window, "openingBanner").accessibleName())
    assert "One moment" not in texts(window)
    assert "nothing found" in texts(window)
    assert window.close()


def test_closing_waits_for_a_store_that_is_being_opened(qtbot: QtBot, lone: Party, opening: Open) -> None:
    begun, opened = threading.Event(), threading.Event()

    def slowly() -> Party:
        begun.set()
        opened.wait(0.2)
        opened.set()
        return lone

    window = opening(slowly)
    assert begun.wait(30)
    assert window.close()
    assert opened.is_set()
    assert window.findChild(GetHelpWindow) is None


def test_the_whole_window_closes_with_what_is_inside(qtbot: QtBot, town: Town, opening: Open) -> None:
    window = opening(lambda: town.somebody("lone"))
    qtbot.waitUntil(lambda: window.findChild(QWidget, "describePage") is not None)
    write(window, "name", "Lone")
    press(window, "dontKnow")
    press(window, "dontShare")
    press(window, "decline")
    qtbot.waitUntil(lambda: find(window, "askedFinish").isVisible(), timeout=20_000)
    press(window, "askedFinish")
    assert not window.isVisible()


def test_it_asks_before_it_closes_while_somebody_is_in(qtbot: QtBot, lone: Party, opening: Open) -> None:
    with qtbot.waitSignal(opening(lambda: lone).opened) as opened:
        pass
    [inside] = opened.args
    inside.close = lambda: False
    assert not inside.window().close()
    assert inside.window().isVisible()
    del inside.close
