"""Get help, page by page, as a customer goes through it."""

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.flows.party import Party
from app.flows.synchronise import synchronise
from app.gethelp.window import GetHelpWindow
from app.widgets.tick import Tick
from tests.flows.conftest import Town, town
from tests.gethelp.asking import ask_and_allow_nothing
from tests.widgets.driving import find, press, write

__all__ = ["town"]

Open = Callable[[Party], GetHelpWindow]
HOSTILE = "<b>urgent</b> <img src=x>"


def page(window: GetHelpWindow) -> str:
    """The page in view."""
    return window.current_page


def describe(window: GetHelpWindow, about: str = "The printer prints nothing") -> None:
    """Fill the first page in."""
    write(window, "name", "Lone Møller")
    write(window, "about", about)
    press(window, "getHelp")


def diagnosed(qtbot: QtBot, window: GetHelpWindow) -> None:
    """Wait until the computer told what it can."""
    qtbot.waitUntil(lambda: find(window, "share").isEnabled(), timeout=30_000)


def test_the_provider_is_named_on_the_first_page(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    assert "Example IT" in window.windowTitle()
    assert any("Example IT will help you" in label.text() for label in window.findChildren(QLabel))


def test_an_empty_description_is_no_dead_end(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    write(window, "name", "Lone")
    press(window, "getHelp")
    assert page(window) == "describe"
    assert "I don't know" in find(window, "describeBanner").accessibleName()
    press(window, "dontKnow")
    assert page(window) == "share"


def test_a_name_is_asked_for_kindly(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    press(window, "dontKnow")
    assert page(window) == "describe"
    assert "A first name is enough" in find(window, "describeBanner").accessibleName()


def test_not_sharing_is_possible_at_once(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    describe(window)
    press(window, "dontShare")
    assert page(window) == "agree"


def test_the_preview_shows_the_very_text_that_is_shared(qtbot: QtBot, lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    describe(window)
    diagnosed(qtbot, window)
    press(window, "seeShared")
    text = find(window, "previewText")
    assert isinstance(text, QPlainTextEdit)
    diagnosis = window.draft.diagnosis
    assert diagnosis is not None
    assert text.toPlainText() == diagnosis.shared_json()
    assert text.isReadOnly()
    press(window, "previewDone")
    press(window, "share")
    assert page(window) == "agree"
    assert window.draft.shares


def test_nothing_is_ticked_beforehand_and_agreeing_to_nothing_is_explained(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    describe(window)
    press(window, "dontShare")
    assert not any(tick.isChecked() for tick in window.findChildren(Tick))
    assert "Only continue if you contacted Example IT" in find(window, "onlyIfYouAsked").accessibleName()
    press(window, "agree")
    assert page(window) == "agree"
    assert "you get help either way" in find(window, "agreeBanner").accessibleName()


def test_yes_and_no_look_equally_good(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    describe(window)
    for yes, no in (("share", "dontShare"), ("agree", "decline")):
        assert find(window, yes).property("part") == find(window, no).property("part")
    answers = {find(window, name).property("part") for name in ("fixed", "notFixed", "unsure")}
    assert len(answers) == 1


def test_a_provider_out_of_reach_is_told_and_can_be_tried_again(qtbot: QtBot, lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    describe(window)
    press(window, "dontShare")
    press(window, "agreeTerminal")
    press(window, "agree")
    assert page(window) == "code"
    qtbot.waitUntil(lambda: not find(window, "retry").isHidden(), timeout=20_000)
    assert "127.0.0.1:9" in find(window, "codeBanner").accessibleName()


def test_whoever_lets_nobody_in_gets_a_case_all_the_same(qtbot: QtBot, town: Town, open_window: Open) -> None:
    lone, anna = town.somebody("lone"), town.technician("Anna")
    window = open_window(lone)
    qtbot.waitUntil(lambda: window.findChild(QWidget, "describePage") is not None and page(window) == "describe")
    assert "Example IT" in window.windowTitle()
    describe(window, HOSTILE)
    press(window, "dontShare")
    press(window, "decline")
    qtbot.waitUntil(lambda: window.case_id is not None)
    assert page(window) == "asked"
    reference = find(window, "reference")
    assert isinstance(reference, QLabel)
    assert len(reference.text()) == 7
    synchronise(anna)
    assert window.case_id is not None
    case = anna.store.case(window.case_id)
    assert (case.about, case.report, case.consents[0].grants.grants) == (HOSTILE, None, ())


def test_a_case_that_was_written_is_not_opened_twice(
    qtbot: QtBot, town: Town, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    lone, _case = town.customer_with_case()
    town.service.close()
    window = open_window(lone)
    ask_and_allow_nothing(qtbot, window, "Once more")
    press(window, "letIn")
    press(window, "agreeTerminal")
    press(window, "agree")
    qtbot.waitUntil(lambda: not find(window, "retry").isHidden(), timeout=20_000)
    assert len(lone.store.cases()) == 2


def test_the_keyboard_is_enough_from_the_first_page_to_the_agreement(
    qtbot: QtBot, lone: Party, open_window: Open
) -> None:
    window = open_window(lone)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.focusWidget() is find(window, "about"))
    QTest.keyClicks(find(window, "about"), "No print")
    _tab_to(window, "name")
    QTest.keyClicks(find(window, "name"), "Lone")
    _tab_to(window, "getHelp")
    _press_focused(window)
    assert page(window) == "share"
    _tab_to(window, "dontShare")
    _press_focused(window)
    _tab_to(window, "agreeTerminal")
    _press_focused(window)
    tick = find(window, "agreeTerminal")
    assert isinstance(tick, Tick)
    assert tick.isChecked()
    _tab_to(window, "agree")


def test_every_control_has_a_name_for_those_who_listen(lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    controls = [*window.findChildren(QAbstractButton), *window.findChildren(QPlainTextEdit)]
    controls += [field for field in window.findChildren(QLineEdit) if not field.objectName().startswith("qt_")]
    nameless = [control.objectName() for control in controls if not control.accessibleName()]
    assert not nameless
    assert all(control.objectName() for control in controls)


def test_closing_while_the_checks_run_ends_everything(qtbot: QtBot, lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    describe(window)
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 20


def _tab_to(window: QWidget, name: str) -> None:
    for _ in range(30):
        focused = window.focusWidget()
        if focused.objectName() == name:
            return
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    pytest.fail(f"Tab does not reach {name}")


def _press_focused(window: QWidget) -> None:
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    QApplication.processEvents()
