"""The desk and a real service: long work is shown, stopped and gone on with; how both stand is said in words."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.desk import sync_strip
from app.desk.status_line import StatusLine
from app.desk.window import DeskWindow
from app.desk.wording import moment
from app.domain.events import CaseOpened
from app.flows.party import Party
from app.flows.progress import Progress, Unit, Work
from app.flows.synchronise import SyncState, Trouble, last_synced, synchronise
from app.service import admin
from app.system.clock import SystemClock, new_id
from tests.flows.conftest import Town, town
from tests.widgets.driving import find, press

__all__ = ["town"]

Open = Callable[[Party], DeskWindow]
NOW = SystemClock().now()
WELL = SyncState(online=True, pending=0, refused=0, at=NOW, synced_at=NOW)


def said(window: QWidget, name: str) -> str:
    """What a label says."""
    label = find(window, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_a_first_sync_is_shown_stopped_and_gone_on_with(
    qtbot: QtBot, town: Town, open_desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.service.events.LARGEST_PAGE", 2)
    monkeypatch.setattr("app.service.looks._NEAR", 0)  # whoever is behind reads page after page
    monkeypatch.setattr(sync_strip, "_MOMENT_MS", 0)
    lone, _case = town.customer_with_case()
    for number in range(24):
        lone.write(new_id(), CaseOpened(about=f"Case {number}", machine="Front desk"))
    synchronise(lone)
    anna, bo = town.technician("Anna"), town.technician("Bo")
    synchronise(bo)
    desk = open_desk(anna)
    qtbot.waitUntil(lambda: find(desk, "stopSync").isVisible())
    assert said(desk, "syncText").startswith("Fetching what is new: ")
    assert said(desk, "syncText").endswith(" of 26")
    press(desk, "stopSync")
    qtbot.waitUntil(lambda: find(desk, "goOnSync").isEnabled() and find(desk, "goOnSync").isVisible())
    assert said(desk, "syncText") == "Stopped. It goes on from there."
    held = len(anna.store.case_ids())
    assert 0 < held < 25
    qtbot.wait(300)
    assert len(anna.store.case_ids()) == held
    press(desk, "goOnSync")
    qtbot.waitUntil(lambda: len(anna.store.case_ids()) == 25, timeout=20_000)
    qtbot.waitUntil(lambda: find(desk, "syncStrip").isHidden())
    assert anna.store.cases() == bo.store.cases()
    qtbot.waitUntil(lambda: said(desk, "online") == "Online")
    assert last_synced(anna) is not None


def test_a_device_that_is_let_in_no_more_is_told_so(qtbot: QtBot, town: Town, open_desk: Open) -> None:
    anna = town.technician("Anna")
    admin.revoke(town._data, "Anna")
    desk = open_desk(anna)
    qtbot.waitUntil(lambda: said(desk, "online") == "The service does not let this device in")
    assert "bistand enrol" in find(desk, "online").toolTip()


def test_when_both_were_last_in_step_is_told_offline(qtbot: QtBot, town: Town, open_desk: Open) -> None:
    anna = town.technician("Anna")
    synchronise(anna)
    town.service.close()
    desk = open_desk(anna)
    qtbot.waitUntil(lambda: said(desk, "online").startswith("Offline: you can go on working (last in step "))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SyncState(True, 0, 0, NOW, trouble=Trouble.BUSY), "The service is busy; it goes on by itself"),
        (
            SyncState(True, 0, 0, NOW, trouble=Trouble.BUSY, again_at=NOW),
            f"The service asks to wait; it goes on by itself at {moment(NOW, NOW)}",
        ),
        (
            SyncState(True, 0, 0, NOW, trouble=Trouble.READING_ANEW),
            "The service was restored from a backup: reading it anew",
        ),
        (SyncState(True, 0, 0, NOW, trouble=Trouble.FAULT), "The service has a fault; it is tried again"),
        (SyncState(False, 0, 0, NOW), "Offline: you can go on working"),
    ],
    ids=["busy", "asked to wait", "reading anew", "a fault", "offline"],  # no clock in them: each tester makes its own
)
def test_each_way_to_stand_has_its_words(qtbot: QtBot, state: SyncState, words: str) -> None:
    status = StatusLine()
    qtbot.addWidget(status)
    status.show_state(state)
    assert said(status, "online") == words


def test_what_is_over_in_a_moment_is_not_shown(qtbot: QtBot) -> None:
    status = StatusLine()
    qtbot.addWidget(status)
    status.show()
    working = SyncState(True, 3, 0, NOW, progress=Progress(Work.UPLOAD, 1_000_000, 4_000_000, Unit.BYTES))
    status.show_state(working)
    status.show_state(WELL)
    qtbot.wait(700)
    assert find(status, "syncStrip").isHidden()
    status.show_state(working)
    qtbot.waitUntil(lambda: find(status, "syncBar").isVisible())
    assert said(status, "syncText") == "Sending files: 1.0 of 4.0 MB"
    assert find(status, "syncBar").accessibleName() == "Sending files: 1.0 of 4.0 MB"
