"""A colleague's session as the desk shows it: the way to look on, what may be typed, and how it ends."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from app.desk.window import DeskWindow
from app.domain import events as ev
from app.domain.consent import ColleagueGrant, ColleagueWish, Grants, TerminalGrant
from app.domain.events import EndReason
from app.flows import watch_session
from app.flows.join_session import Answer
from app.flows.party import Party
from app.flows.watch_session import WatchOver
from app.remote.errors import NotInvitedError
from tests.desk.test_session_panel import Session, live
from tests.widgets.driving import find, press, write
from tests.widgets.people import LONE, open_case

__all__ = ["live"]


class Watched:
    """Stands in for a session that is looked on at."""

    def __init__(self) -> None:
        self.typed: list[bytes] = []
        self.over: WatchOver | None = None
        self.closed = threading.Event()
        self._ended = threading.Event()

    def write(self, data: bytes) -> None:
        """What was typed."""
        self.typed.append(data)

    def resize(self, *_: int) -> None:
        """Not this one's to say."""

    def wait(self, timeout: float | None = None) -> WatchOver | None:
        """Until it is over."""
        self._ended.wait(timeout)
        return self.over

    def close(self) -> None:
        """It is left."""
        self.closed.set()
        self.end(WatchOver(None))

    def end(self, over: WatchOver) -> None:
        """It is over."""
        self.over = self.over or over
        self._ended.set()


def case_with_bo_in(anna: Party, *, may_type: bool | None = None) -> UUID:
    """Bo is on the customer's computer, and Anna may look on, or type, or is not invited."""
    case_id, session = open_case(anna, "The printer prints nothing"), UUID(int=7)
    until = anna.clock.now() + timedelta(hours=1)

    def write_down(body: ev.Body) -> None:
        anna.store.append(LONE, ev.Stream.CASE, case_id, body)

    write_down(ev.SessionOffered(session=session))
    keys = {"customer_key": "ssh-ed25519 A", "technician_key": "ssh-ed25519 B", "relay": "relay.example.com:443"}
    write_down(ev.SessionStarted(session=session, technician="Bo", **keys))
    if may_type is not None:
        invited = ColleagueGrant(name="Anna", may_type=may_type, until=until)
        grants = Grants(grants=(TerminalGrant(until=until), invited))
        write_down(ev.ConsentGiven(shares_diagnostics=True, grants=grants))
    return case_id


def said(desk: DeskWindow) -> str:
    """The sentence at the head of the panel."""
    label = desk._case.session._said
    assert isinstance(label, QLabel)
    return label.text()


@pytest.fixture
def open_at(
    qtbot: QtBot, anna: Party, open_desk: Callable[[Party], DeskWindow], monkeypatch: pytest.MonkeyPatch
) -> Callable[[UUID, Watched | Exception], DeskWindow]:
    """A desk with this case in view, where looking on comes to this."""

    def opened(case_id: UUID, comes_of_it: Watched | Exception) -> DeskWindow:
        def watch(*arguments: object) -> Watched:
            assert arguments[1:3] == (case_id, "48217305")
            if isinstance(comes_of_it, Exception):
                raise comes_of_it
            return comes_of_it

        monkeypatch.setattr(watch_session, "watch_session", watch)
        desk = open_desk(anna)
        with qtbot.waitSignal(desk.case_shown, check_params_cb=lambda shown: shown == case_id):
            desk.show_case(case_id)
        return desk

    return opened


Open = Callable[[UUID, Watched | Exception], DeskWindow]


def look_on(qtbot: QtBot, desk: DeskWindow) -> None:
    """Type the code."""
    write(desk, "code", "4821 7305")
    press(desk, "lookOn")
    qtbot.waitUntil(lambda: find(desk, "leaveSession").isVisible())


@pytest.mark.parametrize("may_type", [None, False, True])
def test_one_looks_on_and_types_only_where_that_is_allowed(
    qtbot: QtBot, anna: Party, open_at: Open, may_type: bool | None
) -> None:
    watched = Watched()
    desk = open_at(case_with_bo_in(anna, may_type=may_type), watched)
    assert said(desk) == "Bo is in. Your code:"
    assert find(desk, "connect").isHidden()
    look_on(qtbot, desk)
    assert said(desk) == f"Bo's session with Møller & Søn: you look on{' and type' if may_type else ''}"
    for name in ("endSession", "askMore", "putFile", "getFile", "openShell", "code"):
        assert not find(desk, name).isVisible()
    terminal = desk._case.session.terminal
    terminal.setFocus()
    QTest.keyClick(terminal, Qt.Key.Key_A)
    terminal.sent.emit(b"b")  # whatever the window believes
    if may_type:
        qtbot.waitUntil(lambda: watched.typed == [b"a", b"b"])
    press(desk, "leaveSession")
    assert watched.closed.wait(10)
    qtbot.waitUntil(lambda: "You have left" in find(desk, "sessionBanner").accessibleName())
    assert may_type or watched.typed == []
    assert said(desk) == "Bo is in. Your code:"


@pytest.mark.parametrize(
    ("over", "told"),
    [
        (WatchOver(EndReason.CUSTOMER_STOPPED), "The customer has stopped the session."),
        (WatchOver(EndReason.TECHNICIAN_LEFT), "your colleague has left"),
        (WatchOver(None, taken_back=True), "the customer took it back"),
    ],
)
def test_how_it_ended_is_said(qtbot: QtBot, anna: Party, open_at: Open, over: WatchOver, told: str) -> None:
    watched = Watched()
    desk = open_at(case_with_bo_in(anna, may_type=False), watched)
    look_on(qtbot, desk)
    watched.end(over)
    qtbot.waitUntil(lambda: told in find(desk, "sessionBanner").accessibleName())
    assert find(desk, "leaveSession").isHidden()
    assert find(desk, "lookOn").isVisible()


def test_why_one_is_not_let_in_is_said_and_another_code_can_be_tried(qtbot: QtBot, anna: Party, open_at: Open) -> None:
    desk = open_at(case_with_bo_in(anna, may_type=False), NotInvitedError("Anna"))
    write(desk, "code", "4821 7305")
    press(desk, "lookOn")
    qtbot.waitUntil(lambda: "another name than Anna" in find(desk, "sessionBanner").accessibleName())
    assert find(desk, "code").isEnabled()
    assert find(desk, "lookOn").isEnabled()


def test_another_case_says_where_one_looks_on(qtbot: QtBot, anna: Party, open_at: Open) -> None:
    other = open_case(anna, "Wi-Fi drops", waits=True)
    desk = open_at(case_with_bo_in(anna, may_type=True), Watched())
    look_on(qtbot, desk)
    with qtbot.waitSignal(desk.case_shown, check_params_cb=lambda shown: shown == other):
        desk.show_case(other)
    assert said(desk) == "A session with Møller & Søn is on. End it there first."
    assert find(desk, "connect").isHidden()
    desk.leave()


def test_closing_the_desk_leaves(qtbot: QtBot, anna: Party, open_at: Open) -> None:
    watched = Watched()
    desk = open_at(case_with_bo_in(anna), watched)
    look_on(qtbot, desk)
    desk.close()
    assert watched.closed.is_set()


def test_a_customer_who_waits_comes_first(qtbot: QtBot, anna: Party, open_at: Open) -> None:
    case_id = case_with_bo_in(anna)
    anna.store.append(LONE, ev.Stream.CASE, case_id, ev.SessionOffered(session=UUID(int=8)))
    desk = open_at(case_id, Watched())
    assert find(desk, "connect").isVisible()
    assert find(desk, "lookOn").isHidden()


@pytest.mark.parametrize(("place", "may_type"), [(4, False), (5, True)])
def test_a_colleague_is_asked_for_by_name(
    qtbot: QtBot, live: tuple[DeskWindow, Session], place: int, may_type: bool, tmp_path: Path
) -> None:
    desk, session = live
    session.answer = Answer.ALLOWED
    press(desk, "askMore")
    box = find(desk, "askKind")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(place)
    write(desk, "askWhy", "Bo knows this printer")
    press(desk, "askSend")
    assert session.asked == []  # nobody is named
    write(desk, "askPlace", "Bo {0}")
    press(desk, "askSend")
    qtbot.waitUntil(lambda: bool(session.asked))
    assert session.asked == [(ColleagueWish(name="Bo {0}", may_type=may_type), 10, "Bo knows this printer")]
    qtbot.waitUntil(lambda: "reads a code to Bo {0}" in find(desk, "sessionBanner").accessibleName())
