"""The desk, as a technician without a network plays it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListView, QListWidget, QPlainTextEdit, QSpinBox
from pytestqt.qtbot import QtBot

from app.desk.hits import pieces
from app.desk.window import DeskWindow
from app.domain.case import Status
from app.domain.events import Audience, Certainty
from app.domain.people import Author, Role
from app.flows.errors import NotEnrolledError
from app.flows.party import Party
from app.flows.show_case import show_case
from app.flows.take_case import take_case
from app.system.clock import new_id
from app.widgets.terminal.screen_view import ScreenView
from tests.widgets.driving import find, press, write
from tests.widgets.people import open_case, party, recorded_session

Open = Callable[[Party], DeskWindow]
HOSTILE = "<b>urgent</b> <img src=x>"


def queue(desk: DeskWindow) -> QListView:
    """The list of cases in view."""
    found = find(desk, "queue")
    assert isinstance(found, QListView)
    return found


def titles(desk: DeskWindow) -> list[str]:
    """What stands in the queue."""
    model = queue(desk).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def go_to(qtbot: QtBot, desk: DeskWindow, case_id: UUID) -> None:
    """Show this case, and wait until it is there."""
    with qtbot.waitSignal(desk.case_shown, check_params_cb=lambda shown: shown == case_id):
        desk.show_case(case_id)


def test_a_device_that_is_nobodys_has_no_desk(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> None:
    nobody = party(tmp_path_factory.mktemp("nobody"), None)
    with pytest.raises(NotEnrolledError):
        DeskWindow(nobody)
    nobody.close()


def test_cases_lie_on_their_shelves_and_move_when_they_are_taken(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    open_case(anna, "The mailbox is full", waits=True)
    desk = open_desk(anna)
    qtbot.waitUntil(lambda: titles(desk) == ["The mailbox is full", "The printer prints nothing"])
    go_to(qtbot, desk, case_id)
    with qtbot.waitSignal(desk.saved):
        press(desk, "take")
    qtbot.waitUntil(lambda: titles(desk) == ["The printer prints nothing"])
    assert anna.store.case(case_id).technician == anna.me
    qtbot.waitUntil(lambda: find(desk, "take").isHidden())


def test_what_a_colleague_has_cannot_be_taken_and_the_reason_is_shown(
    qtbot: QtBot, anna: Party, open_desk: Open
) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    take_case(anna, case_id)
    press(desk, "take")
    qtbot.waitUntil(lambda: "yours already" in find(desk, "caseBanner").accessibleName())


def test_a_note_is_on_record_with_its_certainty_and_marked_as_not_sent(
    qtbot: QtBot, anna: Party, open_desk: Open
) -> None:
    case_id = open_case(anna, HOSTILE)
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    write(desk, "noteText", HOSTILE)
    with qtbot.waitSignal(desk.saved):
        press(desk, "addNote")
    entry = show_case(anna, case_id).timeline[-1]
    assert (entry.sentence, entry.certainty, entry.audience) == (HOSTILE, Certainty.VERIFIED, Audience.INTERNAL)
    assert entry.pending
    field = find(desk, "noteText")
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText() == ""
    timeline = find(desk, "timeline")
    assert isinstance(timeline, QListView)
    qtbot.waitUntil(lambda: timeline.model().rowCount() == len(show_case(anna, case_id).timeline))
    last = timeline.model().index(timeline.model().rowCount() - 1, 0)
    assert "not sent yet" in str(last.data(Qt.ItemDataRole.AccessibleTextRole))
    qtbot.wait(50)
    assert not timeline.grab().isNull()


def test_an_empty_note_is_explained_and_nothing_is_lost(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    press(desk, "addNote")
    qtbot.waitUntil(lambda: "A note needs some text" in find(desk, "caseBanner").accessibleName())


def test_time_and_a_solution_are_put_on_record(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    take_case(anna, case_id)
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    press(desk, "showTime")
    minutes = find(desk, "workMinutes")
    assert isinstance(minutes, QSpinBox)
    minutes.setValue(14)
    with qtbot.waitSignal(desk.saved):
        press(desk, "recordWork")
    assert anna.store.case(case_id).seconds_worked == pytest.approx(14 * 60)
    assert find(desk, "caseBanner").isHidden()
    minutes.setValue(5)
    with qtbot.waitSignal(desk.saved):
        press(desk, "recordWork")
    qtbot.waitUntil(lambda: "a part of it counts twice" in find(desk, "caseBanner").accessibleName())
    press(desk, "showSolution")
    qtbot.waitUntil(lambda: find(desk, "resolve").isEnabled())
    write(desk, "resolveText", "Restarted the print service")
    with qtbot.waitSignal(desk.saved):
        press(desk, "resolve")
    assert anna.store.case(case_id).status is Status.PROPOSED


def test_titles_of_others_are_shown_literally(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, HOSTILE, customer=Author(role=Role.CUSTOMER, id=new_id(), name=HOSTILE))
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    labels = desk.findChildren(QLabel)
    assert sum(label.text() == HOSTILE for label in labels) >= 2
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels if HOSTILE in label.text())


def test_a_word_from_a_terminal_is_found_offline_and_replayed(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    take_case(anna, case_id)
    recorded_session(anna, case_id, "$ lpstat\nprinter Kontor is idle\n$ ")
    desk = open_desk(anna)
    desk.show_search()
    with qtbot.waitSignal(desk.searched, check_params_cb=lambda count: count == 1):
        write(desk, "searchField", "kontor")
    with qtbot.waitSignal(desk.replay_shown):
        press(desk, "replay")
    screen = find(desk, "replayTerminal")
    assert isinstance(screen, ScreenView)
    qtbot.waitUntil(lambda: "printer Kontor is idle" in screen.text())
    press(desk, "replayPlay")
    qtbot.waitUntil(lambda: "Kontor" not in screen.text())
    qtbot.waitUntil(lambda: "Kontor" in screen.text())


def test_the_state_of_the_service_is_said_in_words(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    open_case(anna, "The printer prints nothing")
    desk = open_desk(anna)
    online, pending = find(desk, "online"), find(desk, "pending")
    assert isinstance(online, QLabel)
    assert isinstance(pending, QLabel)
    qtbot.waitUntil(lambda: "Offline" in online.text())
    qtbot.waitUntil(lambda: "3 to send" in pending.text())


def test_a_code_has_eight_digits(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing", waits=True)
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    write(desk, "code", "4821")
    press(desk, "connect")
    assert "8 digits" in find(desk, "sessionBanner").accessibleName()


def test_a_service_out_of_reach_is_told_at_connecting(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing", waits=True)
    desk = open_desk(anna)
    go_to(qtbot, desk, case_id)
    write(desk, "code", "4821 7305")
    press(desk, "connect")
    qtbot.waitUntil(lambda: "127.0.0.1:9" in find(desk, "sessionBanner").accessibleName(), timeout=20_000)
    qtbot.waitUntil(lambda: find(desk, "connect").isEnabled())


def test_every_action_has_a_shortcut_and_the_palette_finds_it(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    desk = open_desk(anna)
    named = [action for action in desk.findChildren(QAction) if not action.shortcut().isEmpty()]
    assert len(named) >= 12
    assert len({action.shortcut().toString() for action in named}) == len(named)
    next(action for action in named if action.shortcut().toString() == "Ctrl+K").trigger()
    write(desk, "paletteField", "sear")
    found = find(desk, "paletteList")
    assert isinstance(found, QListWidget)
    assert found.count() == 1
    QTest.keyClick(find(desk, "paletteField"), Qt.Key.Key_Return)
    assert find(desk, "searchField").isVisible()


def test_every_control_has_a_name_for_those_who_listen(anna: Party, open_desk: Open) -> None:
    desk = open_desk(anna)
    controls = [*desk.findChildren(QAbstractButton), *desk.findChildren(QPlainTextEdit), *desk.findChildren(QListView)]
    controls += [field for field in desk.findChildren(QLineEdit) if field.objectName() != "qt_spinbox_lineedit"]
    ours = [control for control in controls if control.objectName() and not control.objectName().startswith("qt_")]
    assert not [control.objectName() for control in ours if not control.accessibleName()]


def test_what_matched_is_cut_out_of_its_sentence() -> None:
    assert pieces("the disk is full", ((4, 8),)) == [("the ", False), ("disk", True), (" is full", False)]
    assert pieces("disk", ((0, 4),)) == [("disk", True)]
    assert pieces("none", ()) == [("none", False)]
