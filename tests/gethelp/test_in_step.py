"""What the customer is told of what they wrote: it is there, it waits, or it was not taken."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.events import Audience, Certainty, ConsentGiven, Event, NoteAdded
from app.domain.progress import Progress, Unit, Work
from app.flows.party import Party
from app.flows.synchronise import SyncState, Trouble, synchronise
from app.gethelp import in_step
from app.gethelp.in_step import InStep
from app.gethelp.window import GetHelpWindow
from app.service.app import create_app
from app.service.run import RunningService
from app.store.records import Settlement
from app.system.clock import SystemClock
from app.widgets import careful_card
from tests.flows.conftest import Town, town
from tests.gethelp.asking import ask_and_allow_nothing
from tests.gethelp.standing_in import somebody_in
from tests.widgets.driving import find, press

__all__ = ["town"]

Open = Callable[[Party], GetHelpWindow]
HOSTILE = "<b>no</b> <img src=x>"
NOW = SystemClock().now()
WELL = SyncState(online=True, pending=0, refused=0, at=NOW, synced_at=NOW)


@pytest.fixture(autouse=True)
def _no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card can be answered at once."""
    monkeypatch.setattr(careful_card, "GUARD_MS", 1)


def said(window: QWidget) -> str:
    """The words at the bottom."""
    label = find(window, "inStepWords")
    assert isinstance(label, QLabel)
    return label.text()


def refused_note(lone: Party, case_id: object, reason: str = HOSTILE) -> Event:
    """A note that the provider could not take."""
    note = lone.write(case_id, NoteAdded(text=HOSTILE, certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER))  # type: ignore[arg-type]
    lone.store.refuse(note.id, reason)
    return note


def answer(qtbot: QtBot, window: QWidget, name: str) -> None:
    """Press a button of the card, once it can be pressed."""
    button = find(window, name)
    assert isinstance(button, QAbstractButton)
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
    press(window, name)


def test_whoever_comes_back_reads_that_all_is_there(qtbot: QtBot, town: Town, open_window: Open) -> None:
    lone, _case = town.customer_with_case()
    window = open_window(lone)
    qtbot.waitUntil(lambda: "Example IT has all that you wrote (" in said(window))
    assert find(window, "inStep").isVisible()


def test_whoever_is_nobody_yet_reads_nothing_of_it(qtbot: QtBot, lone: Party, open_window: Open) -> None:
    window = open_window(lone)
    qtbot.wait(100)
    assert find(window, "inStep").isHidden()
    assert lone.nudge is None


def test_what_was_asked_with_nobody_in_reach_is_sent_by_itself_later(
    qtbot: QtBot, town: Town, open_window: Open
) -> None:
    lone, _case = town.customer_with_case()
    anna = town.technician("Anna")
    town.service.close()
    window = open_window(lone)
    ask_and_allow_nothing(qtbot, window, "Once more")
    qtbot.waitUntil(lambda: "kept here and sent by itself" in said(window), timeout=20_000)
    town.service = RunningService(create_app(town._data, None), port=int(town.url.rsplit(":", 1)[1]))
    town.service.start()
    qtbot.waitUntil(lambda: "has all that you wrote" in said(window), timeout=30_000)
    synchronise(anna)
    assert window.case_id in anna.store.case_ids()
    town.service.close()


def test_a_note_that_was_not_taken_is_tried_again(qtbot: QtBot, town: Town, open_window: Open) -> None:
    lone, case_id = town.customer_with_case()
    refused_note(lone, case_id)
    window = open_window(lone)
    qtbot.waitUntil(lambda: find(window, "notTaken").isVisible())
    card = find(window, "notTaken")
    assert {label.textFormat() for label in card.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
    assert HOSTILE in card.accessibleName().replace("\u200b", "")
    answer(qtbot, window, "againNotTaken")
    qtbot.waitUntil(lambda: lone.store.refused()[0].settlement is Settlement.REPLACED)
    qtbot.waitUntil(lambda: not find(window, "notTaken").isVisible())
    qtbot.waitUntil(lambda: lone.store.standing().events == 0)
    anna = town.technician("Anna")
    synchronise(anna)
    assert [note.text for note in anna.store.case(case_id).notes] == [HOSTILE]


def test_what_was_not_taken_can_be_left_one_after_the_other(qtbot: QtBot, town: Town, open_window: Open) -> None:
    lone, case_id = town.customer_with_case()
    refused_note(lone, case_id, "first")
    agreed = lone.write(case_id, ConsentGiven(shares_diagnostics=False))
    lone.store.refuse(agreed.id, "second")
    window = open_window(lone)
    why = find(window, "notTakenWhy")
    assert isinstance(why, QLabel)
    qtbot.waitUntil(lambda: find(window, "notTaken").isVisible() and "first" in why.text())
    answer(qtbot, window, "leaveNotTaken")
    qtbot.waitUntil(lambda: "second" in why.text())
    assert find(window, "againNotTaken").isHidden()
    answer(qtbot, window, "leaveNotTaken")
    qtbot.waitUntil(lambda: not find(window, "notTaken").isVisible())
    assert [one.settlement for one in lone.store.refused()] == [Settlement.DISCARDED] * 2
    qtbot.waitUntil(lambda: "has all that you wrote" in said(window))


def test_nothing_stands_beside_a_session(qtbot: QtBot, town: Town, open_window: Open) -> None:
    lone, case_id = town.customer_with_case()
    refused_note(lone, case_id)
    window = open_window(lone)
    qtbot.waitUntil(lambda: find(window, "notTaken").isVisible())
    somebody_in(qtbot, window, "Anna")
    assert not find(window, "notTaken").isVisible()
    assert not find(window, "inStep").isVisible()


def test_long_work_is_shown_after_a_while_and_rests_when_it_shall(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_step, "_PATIENCE_MS", 200)
    part = InStep()
    qtbot.addWidget(part)
    part.show()
    working = replace(WELL, progress=Progress(Work.UPLOAD, 3_000_000, 12_000_000, Unit.BYTES))
    part.show_state(working, "Example IT")
    assert find(part, "inStepBar").isHidden()
    qtbot.waitUntil(lambda: find(part, "inStepBar").isVisible())
    assert said(part) == "Sending what your computer found out: 3.0 of 12.0 MB"
    with qtbot.waitSignal(part.rest_asked):
        press(part, "inStepRest")
    part.show_state(replace(WELL, stopped=True), "Example IT")
    assert find(part, "inStepBar").isHidden()
    assert said(part).startswith("Stopped. What you wrote is kept")
    with qtbot.waitSignal(part.go_on_asked):
        press(part, "inStepGoOn")
    part.show_state(WELL, "Example IT")
    assert find(part, "inStepGoOn").isHidden()
    assert said(part).startswith("Example IT has all that you wrote (")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.OFFLINE, "cannot be reached just now"),
        (Trouble.BUSY, "has very much to do"),
        (Trouble.READING_ANEW, "gives back what is missing"),
        (Trouble.SHUT_OUT, "does not know this computer any more"),
        (Trouble.FAULT, "Something is wrong at"),
    ],
)
def test_each_trouble_has_plain_words(qtbot: QtBot, trouble: Trouble, words: str) -> None:
    part = InStep()
    qtbot.addWidget(part)
    part.show_state(replace(WELL, trouble=trouble, error="HTTP 429: token bucket"), "Example IT")
    assert words in said(part)
    assert "HTTP" not in said(part)
