"""What a technician asks for, what may be used, pausing, being lost, passwords: nothing comes of an accident."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.consent import FilesGrant, FilesWish, Grants, PortWish, TerminalGrant, TerminalWish, Wish
from app.flows.errors import NoSuchMachineError
from app.flows.host_session import Activity, Asked, Reach, SecretAsked
from app.flows.party import Party
from app.gethelp.window import GetHelpWindow
from app.widgets.careful_card import GUARD_MS
from app.widgets.switch import Switch
from tests.gethelp.standing_in import NOW, Session, somebody_in
from tests.widgets.driving import find, press, write

SECRET = "correct horse battery"
Live = tuple[GetHelpWindow, Session]


@pytest.fixture
def live(qtbot: QtBot, lone: Party, open_window: Callable[[Party], GetHelpWindow], tmp_path: Path) -> Live:
    """A window with Anna on the computer, who may use a terminal and a folder."""
    until = datetime.now(UTC) + timedelta(minutes=30)
    grants = Grants(grants=(TerminalGrant(until=until), FilesGrant(folder=str(tmp_path / "Invoices"), until=until)))
    window = open_window(lone)
    window.activateWindow()
    return somebody_in(qtbot, window, "Anna", grants)


def wish(number: int = 1, what: Wish | None = None, why: str = "To see the failed bill", name: str = "Anna") -> Asked:
    """Something that is asked for."""
    return Asked(number, name, what or TerminalWish(), 10, why)


def asked(qtbot: QtBot, live: Live, what: Asked) -> None:
    """Have it asked, and wait until it stands there."""
    window, session = live
    session.tell(what)
    qtbot.waitUntil(lambda: find(window, "wish").isVisible())


def can_be_pressed(qtbot: QtBot, window: QWidget, name: str) -> None:
    """Wait until the guard is down."""
    qtbot.waitUntil(lambda: find(window, name).isEnabled())


def switches(window: GetHelpWindow) -> list[Switch]:
    """Those in view, from top to bottom."""
    return sorted(window.findChildren(Switch), key=lambda one: one.mapTo(window, one.rect().center()).y())


def activity(window: GetHelpWindow) -> list[str]:
    """The sentences in view."""
    model = window._pages.live.activity.sentences
    return [str(model.data(model.index(row))) for row in range(model.rowCount())]


def test_a_wish_is_asked_with_its_reason_and_allowed_for_its_time(qtbot: QtBot, live: Live, tmp_path: Path) -> None:
    window, session = live
    (tmp_path / "Bills").mkdir()
    what = wish(what=FilesWish(folder=str(tmp_path / "Bills")))
    asked(qtbot, live, what)
    says = [label.text() for label in find(window, "wish").findChildren(QLabel)]
    assert any(text.endswith("Anna asks: read the folder Bills.") for text in says)
    assert "“To see the failed bill”" in says
    assert find(window, "wishPlace").isVisible()  # in full: another folder could be called the same
    assert "Bills" in find(window, "wish").accessibleName()
    assert find(window, "barLook").isVisible()
    can_be_pressed(qtbot, window, "allowWish")
    button = find(window, "allowWish")
    assert isinstance(button, QAbstractButton)
    assert button.text() == "Allow 10 min"
    assert button.property("part") == find(window, "declineWish").property("part")
    press(window, "allowWish")
    qtbot.waitUntil(lambda: find(window, "wish").isHidden())
    assert session.answers == [("allowed", what)]
    qtbot.waitUntil(lambda: any("You allowed Anna to read the folder Bills until" in line for line in activity(window)))
    assert len([one for one in switches(window) if one.isChecked()]) == 3
    assert not find(window, "barLook").isVisible()


def test_not_now_declines(qtbot: QtBot, live: Live) -> None:
    window, session = live
    what = wish()
    asked(qtbot, live, what)
    can_be_pressed(qtbot, window, "declineWish")
    press(window, "declineWish")
    qtbot.waitUntil(lambda: session.answers == [("declined", what)])
    assert find(window, "wish").isHidden()
    qtbot.waitUntil(lambda: any("You did not allow it." in line for line in activity(window)))


def test_wishes_wait_for_one_another_and_each_is_guarded(qtbot: QtBot, live: Live) -> None:
    window, session = live
    first, second = wish(1), wish(2, PortWish(host="router", port=443))
    asked(qtbot, live, first)
    session.tell(second)
    qtbot.waitUntil(lambda: find(window, "moreWishes").isVisible())
    can_be_pressed(qtbot, window, "declineWish")
    press(window, "declineWish")
    assert not find(window, "allowWish").isEnabled()
    assert not find(window, "declineWish").isEnabled()
    qtbot.waitUntil(lambda: session.answers == [("declined", first)])
    assert window._pages.live.wishes.current == second


def test_what_was_on_its_way_when_a_wish_came_allows_nothing(qtbot: QtBot, live: Live) -> None:
    window, session = live
    asked(qtbot, live, wish())
    allow = find(window, "allowWish")
    QTest.mouseClick(allow, Qt.MouseButton.LeftButton)
    QTest.keyClick(allow, Qt.Key.Key_Return)
    QTest.keyClick(allow, Qt.Key.Key_Space)
    QTest.mousePress(allow, Qt.MouseButton.LeftButton)
    can_be_pressed(qtbot, window, "allowWish")
    QTest.mouseRelease(allow, Qt.MouseButton.LeftButton)
    qtbot.wait(50)
    assert session.answers == []


def test_a_held_key_allows_nothing(qtbot: QtBot, live: Live) -> None:
    window, session = live
    asked(qtbot, live, wish())
    can_be_pressed(qtbot, window, "allowWish")
    allow = find(window, "allowWish")
    allow.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.simulateEvent(allow, True, int(key), Qt.KeyboardModifier.NoModifier, "", True)
        QTest.simulateEvent(allow, False, int(key), Qt.KeyboardModifier.NoModifier, "", True)
    qtbot.wait(50)
    assert session.answers == []


def test_the_window_coming_up_guards_the_wish_anew(qtbot: QtBot, live: Live) -> None:
    window, session = live
    asked(qtbot, live, wish())
    can_be_pressed(qtbot, window, "allowWish")
    find(window, "liveBar").activateWindow()
    qtbot.waitUntil(lambda: not window.isActiveWindow())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert not find(window, "allowWish").isEnabled()
    assert session.answers == []


def test_a_wish_takes_neither_focus_nor_keys_from_who_types(qtbot: QtBot, live: Live) -> None:
    window, session = live
    session.tell(SecretAsked(1, "sudo", True))
    qtbot.waitUntil(lambda: find(window, "secretCard").isVisible())
    field = find(window, "secret")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "half a ")
    session.tell(wish())
    qtbot.waitUntil(lambda: window._pages.live.wishes.current is not None)
    assert window.focusWidget() is field
    QTest.keyClicks(window.focusWidget(), "word")
    assert field.text() == "half a word"
    assert find(window, "wish").isHidden()  # it waits until the password is typed
    session.tell(SecretAsked(1, "", False))
    qtbot.waitUntil(lambda: find(window, "wish").isVisible())
    focused = window.focusWidget()
    assert not isinstance(focused, QAbstractButton)
    QTest.keyClicks(focused, " y\r")
    qtbot.wait(GUARD_MS + 200)  # nothing comes of waiting either
    assert session.answers == []


def test_nothing_in_a_wish_is_more_than_plain_bounded_text(qtbot: QtBot, live: Live) -> None:
    window, _session = live
    evil = "<b>yes</b>\n\n\N{RIGHT-TO-LEFT OVERRIDE}wolla\N{ZERO WIDTH SPACE}" + "W" * 170
    folder = "/home/" + "x" * 3000 + "/\N{RIGHT-TO-LEFT OVERRIDE}<img src=x>"
    asked(qtbot, live, wish(what=FilesWish(folder=folder), why=evil, name="<i>Anna</i>" + "n" * 180))
    for label in find(window, "wish").findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in label.text()
        assert "\n" not in label.text()
        assert len(label.text()) < 300
    reason = find(window, "wishReason")
    assert isinstance(reason, QLabel)
    assert reason.text().startswith("“<b>yes</b> \N{REPLACEMENT CHARACTER}wolla\N{REPLACEMENT CHARACTER}")
    qtbot.wait(50)
    assert window.width() <= 520
    stop = find(window, "stop")
    assert window.rect().contains(stop.mapTo(window, stop.rect().bottomRight()))


def test_why_it_cannot_be_allowed_stands_in_the_card(qtbot: QtBot, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    window, session = live

    def fail(_asked: Asked) -> None:
        raise NoSuchMachineError("nowhere")

    monkeypatch.setattr(session, "allow", fail)
    asked(qtbot, live, wish(what=PortWish(host="nowhere", port=80)))
    can_be_pressed(qtbot, window, "allowWish")
    press(window, "allowWish")
    trouble = find(window, "wishTrouble")
    assert isinstance(trouble, QLabel)
    qtbot.waitUntil(trouble.isVisible)
    assert "no machine called “nowhere”" in trouble.text()
    can_be_pressed(qtbot, window, "declineWish")
    press(window, "declineWish")
    qtbot.waitUntil(lambda: [how for how, _ in session.answers] == ["declined"])


def test_a_switch_takes_back_at_once_and_does_not_give_again(qtbot: QtBot, live: Live) -> None:
    window, session = live
    terminal, folder = switches(window)
    assert terminal.accessibleName().startswith("Anna can use a terminal until ")
    assert find(window, "terminalEnds").isVisible()
    QTest.mouseClick(terminal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [type(grant) for grant in session.grants.grants] == [FilesGrant])
    qtbot.waitUntil(lambda: "Off since" in terminal.accessibleName())
    assert not terminal.isEnabled()
    assert not find(window, "terminalEnds").isVisible()
    assert find(window, "lastOfAll").isVisible()
    qtbot.waitUntil(lambda: any("You took this back: use a terminal." in line for line in activity(window)))
    QTest.mouseClick(folder, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(session.stopped.is_set)


def test_what_has_run_out_is_off(qtbot: QtBot, live: Live) -> None:
    window, _session = live
    window._pages.live.may.tick(datetime.now(UTC) + timedelta(hours=1))
    assert [(one.isChecked(), one.isEnabled()) for one in switches(window)] == [(False, False)] * 2


@pytest.mark.parametrize("button", ["pause", "barPause"])
def test_a_pause_is_shown_once_it_has_happened_and_ends_by_the_same_button(
    qtbot: QtBot, live: Live, button: str
) -> None:
    window, _session = live
    press(window, button)
    qtbot.waitUntil(lambda: "Anna can do nothing" in find(window, "liveState").accessibleName())
    assert find(window, "liveState").isVisible()
    bar = find(window, "liveBar")
    assert "Paused" in bar.windowTitle()
    can_be_pressed(qtbot, window, button)
    assert find(window, button).accessibleName() == "Go on"
    press(window, button)
    qtbot.waitUntil(lambda: find(window, "liveState").isHidden())
    assert "Paused" not in bar.windowTitle()


def test_a_lost_connection_is_told_with_since_when_and_is_over_when_it_is_back(qtbot: QtBot, live: Live) -> None:
    window, session = live
    session.tell(Reach(False))
    state = window._pages.live.state
    qtbot.waitUntil(state.isVisible)
    assert "We wait two minutes for Anna to come back." in state.text
    assert re.search(r"\(0:0\d\)$", state.text)
    before = state.text
    qtbot.waitUntil(lambda: state.text != before)  # a busy machine may skip a second
    assert re.search(r"\(0:0[1-9]\)$", state.text)
    assert "connection is lost" in find(window, "liveBar").windowTitle()
    session.tell(Reach(True))
    qtbot.waitUntil(state.isHidden)


def test_stop_comes_first_and_everything_is_reached_by_keyboard(qtbot: QtBot, live: Live) -> None:
    window, _session = live
    asked(qtbot, live, wish())
    can_be_pressed(qtbot, window, "allowWish")
    assert window.focusWidget() is find(window, "stop")
    reached: list[str] = []
    for _ in range(20):
        reached.append(window.focusWidget().objectName())
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert reached[:2] == ["stop", "pause"]
    assert {"may0", "may1", "declineWish", "allowWish", "activity", "showTerminal"} <= set(reached)
    controls = [*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)]
    assert not [one.objectName() for one in controls if one.objectName() and not one.accessibleName()]


def everything_said(window: QWidget) -> str:
    """All texts of all widgets, as people see them and as those who listen hear them."""
    said = []
    for widget in QApplication.allWidgets():
        said += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
        text = getattr(widget, "text", None)
        if callable(text):
            said.append(str(text()))
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None:
            said += [interface.text(kind) for kind in QAccessible.Text]
    return "\n".join([*said, *(activity(window) if isinstance(window, GetHelpWindow) else [])])


def test_a_password_goes_to_its_program_and_is_nowhere_afterwards(
    qtbot: QtBot, live: Live, caplog: pytest.LogCaptureFixture
) -> None:
    window, session = live
    caplog.set_level(logging.DEBUG)
    QGuiApplication.clipboard().setText("before")
    prompt = SecretAsked(3, "sudo", True)
    session.tell(prompt)
    qtbot.waitUntil(lambda: find(window, "secretCard").isVisible())
    field = find(window, "secret")
    assert isinstance(field, QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    hints = Qt.InputMethodHint
    assert field.inputMethodHints() & hints.ImhHiddenText
    assert field.inputMethodHints() & hints.ImhSensitiveData
    assert field.inputMethodHints() & hints.ImhNoPredictiveText
    field.setFocus()
    QTest.keyClicks(field, SECRET)
    interface = QAccessible.queryAccessibleInterface(field)
    assert SECRET not in [interface.text(kind) for kind in QAccessible.Text]
    field.selectAll()
    field.copy()
    field.cut()
    assert QGuiApplication.clipboard().text() == "before"
    field.setText(SECRET)
    can_be_pressed(qtbot, window, "sendSecret")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == ""
    field.undo()
    assert field.text() == ""
    qtbot.waitUntil(lambda: session.secrets == [(prompt, SECRET)])
    session.secrets.clear()
    session.tell(Activity(NOW, "secret_typed", "sudo"))
    session.tell(SecretAsked(3, "", False))
    qtbot.waitUntil(lambda: find(window, "secretCard").isHidden())
    assert SECRET not in everything_said(window)
    assert SECRET not in caplog.text
    assert QGuiApplication.clipboard().text() == "before"


def test_a_program_that_could_read_along_is_named_before_there_is_a_field(qtbot: QtBot, live: Live) -> None:
    window, session = live
    session.tell(SecretAsked(1, "<b>sudo</b>", False))
    qtbot.waitUntil(lambda: find(window, "secretCard").isVisible())
    assert "could read what you type" in find(window, "secretCaution").accessibleName()
    assert not find(window, "secret").isVisible()
    QTest.mouseClick(find(window, "showSecretField"), Qt.MouseButton.LeftButton)
    assert not find(window, "secret").isVisible()
    can_be_pressed(qtbot, window, "showSecretField")
    press(window, "showSecretField")
    assert find(window, "secret").isVisible()
    assert find(window, "secretCaution").isVisible()


def test_what_was_half_typed_for_one_program_never_goes_to_another(qtbot: QtBot, live: Live) -> None:
    window, session = live
    session.tell(SecretAsked(1, "sudo", True))
    qtbot.waitUntil(lambda: find(window, "secretCard").isVisible())
    field = find(window, "secret")
    field.setFocus()
    write(window, "secret", SECRET)
    can_be_pressed(qtbot, window, "sendSecret")
    session.tell(SecretAsked(1, "trap", False))
    qtbot.waitUntil(lambda: find(window, "secretCaution").isVisible())
    assert isinstance(field, QLineEdit)
    assert field.text() == ""
    assert not field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.wait(50)
    assert session.secrets == []


def test_what_is_asked_is_gone_with_the_session(qtbot: QtBot, live: Live) -> None:
    window, session = live
    asked(qtbot, live, wish())
    press(window, "stop")
    qtbot.waitUntil(session.stopped.is_set)
    qtbot.waitUntil(lambda: window.current_page == "done")
    assert window._pages.live.wishes.current is None
    assert session.answers == []
