"""What the service refused, at the desk: its reason, and the two ways out."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QListView, QPlainTextEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.desk.window import DeskWindow
from app.domain.events import CaseTaken, Certainty, Event, Stream, WorkKind
from app.flows.ask_colleague import ask_colleague
from app.flows.party import Party
from app.flows.record_work import record_work
from app.flows.refused import list_refused
from app.flows.show_case import show_case
from app.flows.take_case import take_case
from app.flows.write_note import write_note
from app.store.records import Settlement
from tests.widgets.driving import find, press, write
from tests.widgets.people import open_case

Open = Callable[[Party], DeskWindow]
HOSTILE = "<b>no</b> <img src=x>"


def refuse_note(anna: Party, case_id: UUID, text: str = "A note", reason: str = HOSTILE) -> Event:
    """A note that the service did not take."""
    note = write_note(anna, case_id, text, Certainty.ASSUMED)
    anna.store.refuse(note.id, reason)
    return note


def is_there(desk: DeskWindow, name: str) -> bool:
    """Whether there is such a button to press."""
    button = desk.findChild(QAbstractButton, name)
    return button is not None and button.isVisible()


def go_to_refused(qtbot: QtBot, desk: DeskWindow) -> None:
    """Press the count of what was refused."""
    qtbot.waitUntil(lambda: is_there(desk, "refusedCount"))
    with qtbot.waitSignal(desk.case_shown):
        press(desk, "refusedCount")


def at_a_refused_note(qtbot: QtBot, anna: Party, open_desk: Open) -> tuple[DeskWindow, UUID, Event]:
    """A desk that shows a case and a note on it that was refused."""
    case_id = open_case(anna, "The printer prints nothing")
    note = refuse_note(anna, case_id)
    desk = open_desk(anna)
    go_to_refused(qtbot, desk)
    return desk, case_id, note


def lines(desk: DeskWindow) -> list[str]:
    """What a screen reader says of the story."""
    timeline = find(desk, "timeline")
    assert isinstance(timeline, QListView)
    model = timeline.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(place, 0).data(role)) for place in range(model.rowCount())]


def text_of(desk: DeskWindow, name: str) -> str:
    """What stands in a field."""
    field = find(desk, name)
    assert isinstance(field, QPlainTextEdit)
    return field.toPlainText()


def test_the_count_leads_to_the_refused_line_with_its_reason(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    open_case(anna, "Another one")
    desk, _case_id, note = at_a_refused_note(qtbot, anna, open_desk)
    assert lines(desk)[-1] == f"Anna: A note, assumed, Refused: {HOSTILE}"
    timeline = find(desk, "timeline")
    assert isinstance(timeline, QListView)
    assert timeline.currentIndex().row() == len(lines(desk)) - 1
    qtbot.waitUntil(lambda: is_there(desk, f"amend-{note.id}") and is_there(desk, f"discard-{note.id}"))
    row = timeline.visualRect(timeline.currentIndex())
    qtbot.waitUntil(lambda: row.intersects(timeline.viewport().rect()))
    assert not timeline.grab().isNull()


def test_a_note_is_written_anew_with_all_that_it_had(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    desk, case_id, note = at_a_refused_note(qtbot, anna, open_desk)
    press(desk, f"amend-{note.id}")
    qtbot.waitUntil(lambda: text_of(desk, "noteText") == "A note")
    write(desk, "noteText", "A better note")
    with qtbot.waitSignal(desk.saved):
        press(desk, "addNote")
    (refused,) = anna.store.refused()
    assert refused.settlement is Settlement.REPLACED
    entry = next(entry for entry in show_case(anna, case_id).timeline if entry.id == refused.replaced_by)
    assert (entry.sentence, entry.certainty, entry.pending) == ("A better note", Certainty.ASSUMED, True)
    qtbot.waitUntil(lambda: "Refused, and written anew" in lines(desk)[-1])
    qtbot.waitUntil(lambda: not is_there(desk, f"amend-{note.id}"))
    qtbot.waitUntil(lambda: not is_there(desk, "refusedCount"))
    assert not is_there(desk, "leaveAnew")


def test_what_is_not_written_anew_after_all_does_not_end_up_in_another_case(
    qtbot: QtBot, anna: Party, open_desk: Open
) -> None:
    case_id, other = open_case(anna, "The printer prints nothing"), open_case(anna, "Another one")
    note = refuse_note(anna, case_id)
    desk = open_desk(anna)
    go_to_refused(qtbot, desk)
    leaves: list[Callable[[], None]] = [lambda: press(desk, "leaveAnew"), lambda: desk.show_case(other)]
    for leave in leaves:
        press(desk, f"amend-{note.id}")
        qtbot.waitUntil(lambda: text_of(desk, "noteText") == "A note")
        leave()
        qtbot.waitUntil(lambda: text_of(desk, "noteText") == "")
    assert not is_there(desk, "leaveAnew")
    write(desk, "noteText", "Of its own")
    with qtbot.waitSignal(desk.saved):
        press(desk, "addNote")
    assert anna.store.refused()[0].settlement is Settlement.OPEN
    assert [one.text for one in anna.store.case(other).notes] == ["Of its own"]


def test_what_is_of_another_kind_replaces_nothing(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    desk, _case_id, note = at_a_refused_note(qtbot, anna, open_desk)
    press(desk, f"amend-{note.id}")
    qtbot.waitUntil(lambda: is_there(desk, "leaveAnew"))
    press(desk, "showTime")
    minutes = find(desk, "workMinutes")
    assert isinstance(minutes, QSpinBox)
    minutes.setValue(5)
    with qtbot.waitSignal(desk.saved):
        press(desk, "recordWork")
    assert anna.store.refused()[0].settlement is Settlement.OPEN
    assert is_there(desk, "leaveAnew")


def test_what_was_being_written_stays(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    desk, _case_id, note = at_a_refused_note(qtbot, anna, open_desk)
    write(desk, "noteText", "Half a thought")
    press(desk, f"amend-{note.id}")
    qtbot.waitUntil(lambda: text_of(desk, "noteText") == "Half a thought\nA note")
    press(desk, "leaveAnew")
    assert text_of(desk, "noteText") == "Half a thought\nA note"


def test_work_is_recorded_anew_with_its_own_start_and_end(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    take_case(anna, case_id)
    start, end = (anna.store.case(case_id).timeline[place].at for place in (0, -1))
    work = record_work(anna, case_id, start, end, WorkKind.GOODWILL, "Looked at it")
    anna.store.refuse(work.id, "Work cannot lie in the future.")
    desk = open_desk(anna)
    go_to_refused(qtbot, desk)
    press(desk, f"amend-{work.id}")
    minutes = find(desk, "workMinutes")
    assert isinstance(minutes, QSpinBox)
    qtbot.waitUntil(lambda: minutes.value() == 1)
    with qtbot.waitSignal(desk.saved):
        press(desk, "recordWork")
    (recorded,) = anna.store.case(case_id).work
    assert (recorded.start, recorded.end, recorded.kind) == (start, end, WorkKind.GOODWILL)
    assert anna.store.refused()[0].settlement is Settlement.REPLACED


def test_discarding_is_asked_for_and_then_nothing_is_left_to_see(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    desk, _case_id, note = at_a_refused_note(qtbot, anna, open_desk)
    press(desk, f"discard-{note.id}")
    qtbot.waitUntil(lambda: desk.findChild(QWidget, "question") is not None)
    QTest.keyClick(find(desk, "question"), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: desk.findChild(QWidget, "question") is None)
    assert anna.store.refused()[0].settlement is Settlement.OPEN
    press(desk, f"discard-{note.id}")
    qtbot.waitUntil(lambda: desk.findChild(QWidget, "question") is not None)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in find(desk, "question").findChildren(QLabel))
    press(desk, "questionYes")
    qtbot.waitUntil(lambda: anna.store.refused()[0].settlement is Settlement.DISCARDED)
    qtbot.waitUntil(lambda: not any("A note" in line for line in lines(desk)))
    qtbot.waitUntil(lambda: not is_there(desk, "refusedCount"))
    assert note.id not in {event.id for event in anna.store.outbox(99)}


def test_a_take_can_only_be_discarded(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    taken = anna.store.append(anna.me, Stream.CASE, case_id, CaseTaken())
    anna.store.refuse(taken.id, "Kim has this case already. Ask for a handover.")
    desk = open_desk(anna)
    go_to_refused(qtbot, desk)
    qtbot.waitUntil(lambda: is_there(desk, f"discard-{taken.id}"))
    assert not is_there(desk, f"amend-{taken.id}")
    assert "Kim has this case already" in lines(desk)[-1]


def test_what_is_written_by_command_is_written_anew_there_and_can_be_discarded_here(
    qtbot: QtBot, anna: Party, open_desk: Open
) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    asked = ask_colleague(anna, case_id, "Is it the drum?")
    anna.store.refuse(asked.id, "No.")
    desk = open_desk(anna)
    go_to_refused(qtbot, desk)
    qtbot.waitUntil(lambda: is_there(desk, f"discard-{asked.id}"))
    assert not is_there(desk, f"amend-{asked.id}")
    assert [one.words for one in list_refused(anna)] == ["Is it the drum?"]


def test_nothing_is_decided_by_an_empty_note(qtbot: QtBot, anna: Party, open_desk: Open) -> None:
    desk, _case_id, note = at_a_refused_note(qtbot, anna, open_desk)
    press(desk, f"amend-{note.id}")
    qtbot.waitUntil(lambda: text_of(desk, "noteText") == "A note")
    write(desk, "noteText", " ")
    press(desk, "addNote")
    qtbot.waitUntil(lambda: "A note needs some text" in find(desk, "caseBanner").accessibleName())
    assert is_there(desk, "leaveAnew")
    assert anna.store.refused()[0].settlement is Settlement.OPEN
