"""Asking for help in the window, as a customer does."""

from pytestqt.qtbot import QtBot

from app.gethelp.window import GetHelpWindow
from tests.widgets.driving import press, write


def ask_and_allow_nothing(qtbot: QtBot, window: GetHelpWindow, about: str) -> None:
    """Write what is the matter, share nothing, let nobody in; until the case is kept."""
    write(window, "about", about)
    press(window, "getHelp")
    press(window, "dontShare")
    press(window, "decline")
    qtbot.waitUntil(lambda: window.case_id is not None, timeout=20_000)
