"""While somebody is on the computer: Stop is always in reach, and closing the window never leaves them in."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.consent import FilesGrant, Grants
from app.domain.events import AuditHead, EndReason
from app.flows.host_session import Activity, CodeBurned, CodeShown, Ended, Output, Refused
from app.flows.party import Party
from app.gethelp.window import GetHelpWindow
from app.widgets.switch import Switch
from tests.gethelp.standing_in import NOW, Session, somebody_in
from tests.widgets.driving import find, press

HOSTILE = "<b>Anna</b><img src=x>"


@pytest.fixture
def live(qtbot: QtBot, lone: Party, open_window: Callable[[Party], GetHelpWindow]) -> tuple[GetHelpWindow, Session]:
    """A window with Anna on the computer."""
    return somebody_in(qtbot, open_window(lone), HOSTILE)


def test_the_bar_names_who_is_in_and_stays_on_top(live: tuple[GetHelpWindow, Session]) -> None:
    window, _session = live
    bar = find(window, "liveBar")
    assert bar.isVisible()
    assert bar.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert f"{HOSTILE} is helping you" in [label.text() for label in bar.findChildren(QLabel)]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in bar.findChildren(QLabel))


@pytest.mark.parametrize("button", ["stop", "barStop"])
def test_stop_stops(qtbot: QtBot, live: tuple[GetHelpWindow, Session], button: str) -> None:
    window, session = live
    with qtbot.waitSignal(window.session_ended):
        press(window, button)
    assert session.stopped.is_set()
    assert window.current_page == "done"
    assert not find(window, "liveBar").isVisible()


def test_stop_has_the_keyboard_as_soon_as_somebody_is_in(qtbot: QtBot, live: tuple[GetHelpWindow, Session]) -> None:
    window, session = live
    stop = window.focusWidget()
    assert stop is find(window, "stop")
    QTest.keyClick(stop, Qt.Key.Key_Space)
    qtbot.waitUntil(session.stopped.is_set)


def test_what_is_done_is_told_in_sentences_and_shown(qtbot: QtBot, live: tuple[GetHelpWindow, Session]) -> None:
    window, session = live
    session.tell(Activity(NOW, "command", "systemctl status <b>cups</b>"))
    session.tell(Output(b"active\r\n"))
    sentences = window._pages.live.activity.sentences
    qtbot.waitUntil(lambda: sentences.rowCount() == 1)
    assert str(sentences.data(sentences.index(0))).endswith("Ran: systemctl status <b>cups</b>")
    qtbot.waitUntil(lambda: "active" in window._pages.live.screen_view.text())


def test_what_could_not_be_shared_is_told_and_shown_as_off(
    qtbot: QtBot, lone: Party, open_window: Callable[[Party], GetHelpWindow], tmp_path: Path
) -> None:
    grant = FilesGrant(folder=str(tmp_path), write=False, until=datetime.now(UTC) + timedelta(minutes=5))
    window, session = somebody_in(qtbot, open_window(lone), "Anna", Grants(grants=(grant,)))
    switch = window._pages.live.may.findChild(Switch)
    assert switch is not None
    assert switch.isChecked()
    session.grants = Grants()
    session.tell(Refused(f"The folder {HOSTILE} cannot be opened.", (grant,)))
    banner = window._pages.live.banner
    qtbot.waitUntil(lambda: "So it is not shared after all." in banner.text)
    assert HOSTILE in banner.text
    assert not switch.isChecked()
    sentences = window._pages.live.activity.sentences
    qtbot.waitUntil(lambda: sentences.rowCount() == 1)
    assert "is not shared after all" in str(sentences.data(sentences.index(0)))


def test_closing_asks_and_then_stops(qtbot: QtBot, live: tuple[GetHelpWindow, Session]) -> None:
    window, session = live
    window.close()
    assert window.isVisible()
    press(window, "questionNo")
    assert not session.stopped.is_set()
    qtbot.waitUntil(lambda: not window.findChildren(type(find(window, "liveBar")), "question"))
    window.close()
    press(window, "questionYes")
    qtbot.waitUntil(lambda: not window.isVisible())
    assert session.stopped.is_set()


def test_burnt_codes_are_told_and_after_three_the_customer_is_asked(
    qtbot: QtBot, lone: Party, open_window: Callable[[Party], GetHelpWindow]
) -> None:
    window = open_window(lone)
    session = Session(window, Grants())
    window._go(window._pages.code)
    window._pages.code.begin()
    with qtbot.waitSignal(window.code_shown) as shown:
        session.tell(CodeShown("48217305", NOW))
    assert shown.args == ["48217305"]
    session.tell(CodeBurned(1))
    qtbot.waitUntil(lambda: "wrong code" in find(window, "codeBanner").accessibleName())
    assert find(window, "freshCode").isHidden()
    session.tell(CodeBurned(0))
    qtbot.waitUntil(lambda: not find(window, "freshCode").isHidden())


def test_nobody_coming_in_is_no_dead_end(
    qtbot: QtBot, lone: Party, open_window: Callable[[Party], GetHelpWindow]
) -> None:
    window = open_window(lone)
    session = Session(window, Grants())
    window._go(window._pages.code)
    window._pages.code.begin()
    head = AuditHead(lines=0, head="0" * 64)
    session.tell(Ended(EndReason.EXPIRED, 0.0, 0, 0, head, Path("audit"), Path("recording")))
    qtbot.waitUntil(lambda: not find(window, "retry").isHidden())
    assert "Try again" in find(window, "codeBanner").accessibleName()


def test_a_flood_of_deeds_keeps_the_window_alive_and_bounded(qtbot: QtBot, live: tuple[GetHelpWindow, Session]) -> None:
    window, session = live
    beats: list[int] = []
    beating = QTimer(interval=1)
    beating.timeout.connect(lambda: beats.append(1))
    beating.start()

    def flood() -> None:
        for number in range(10_000):
            session._take(Activity(NOW, "command", f"rm -rf {number} " + "x" * 3000))

    flooding = threading.Thread(target=flood)
    flooding.start()
    sentences = window._pages.live.activity.sentences

    def newest() -> str:
        return str(sentences.data(sentences.index(sentences.rowCount() - 1))) if sentences.rowCount() else ""

    qtbot.waitUntil(lambda: "rm -rf 9999" in newest(), timeout=30_000)
    flooding.join()
    beating.stop()
    assert beats
    assert sentences.rowCount() == 1000
    assert all(len(str(sentences.data(sentences.index(row)))) < 500 for row in range(1000))
    press(window, "stop")
    qtbot.waitUntil(session.stopped.is_set)


def test_how_it_ended_by_force_is_told_and_nothing_is_made_up(
    qtbot: QtBot, live: tuple[GetHelpWindow, Session]
) -> None:
    window, session = live
    head = AuditHead(lines=0, head="0" * 64)
    ended = Ended(EndReason.CUSTOMER_STOPPED, 12.0, 0, 0, head, Path("audit"), Path("recording"), forced=True)
    session.tell(ended)
    qtbot.waitUntil(lambda: window.current_page == "done")
    told = window._pages.done._what.text()
    assert told.endswith("It had to be ended by force. Nothing of it runs any more.")
    assert "0 commands" not in told
    window._pages.done.begin(replace(ended, left=2), "Anna")
    told = window._pages.done._what.text()
    assert "2 programs that were started still run" in told
    assert "Nothing of it runs" not in told
