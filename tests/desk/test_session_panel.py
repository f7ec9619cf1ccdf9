"""What the technician sees of a session: how it stands, what is allowed, and asking the customer for more."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from app.desk.window import DeskWindow
from app.domain.consent import FilesWish, Grants, PortWish, TerminalGrant, Wish
from app.flows.join_session import Answer
from app.flows.party import Party
from app.system.clock import new_id
from tests.widgets.driving import find, press, write
from tests.widgets.people import open_case


class Session:
    """Stands in for a session that was joined, without a terminal so far."""

    def __init__(self) -> None:
        self.id: UUID = new_id()
        self.is_reached = True
        self.paused = False
        self.colleagues: tuple[str, ...] = ()
        self.grants = Grants()
        self.answer = Answer.ALLOWED
        self.asked: list[tuple[Wish, int, str]] = []
        self.shells = 0

    def ask(self, wish: Wish, minutes: int, why: str, _patience: float) -> Answer:
        """The customer answers at once."""
        self.asked.append((wish, minutes, why))
        return self.answer

    def shell(self, *_: object) -> "Session":
        """A shell, which this is too."""
        self.shells += 1
        return self

    def wait(self, _timeout: float | None = None) -> None:
        """It stays as long as the thread that waits for it: not at all."""

    def resize(self, *_: object) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing is held."""

    end = close


@pytest.fixture
def live(qtbot: QtBot, anna: Party, open_desk: Callable[[Party], DeskWindow]) -> Iterator[tuple[DeskWindow, Session]]:
    """A desk in a session."""
    case_id = open_case(anna, "The printer prints nothing", waits=True)
    desk, session = open_desk(anna), Session()
    with qtbot.waitSignal(desk.case_shown, check_params_cb=lambda shown: shown == case_id):
        desk.show_case(case_id)
    joining = desk._session._joining
    joining._case_id = case_id
    joining._begun((session, None))  # type: ignore[arg-type]  # it stands in for the real one
    yield desk, session
    desk.leave()


def says(desk: DeskWindow, name: str) -> str:
    """What this label says."""
    label = find(desk, name)
    assert isinstance(label, QLabel)
    return label.text()


def choose(desk: DeskWindow, place: int) -> None:
    """Choose what to ask for."""
    box = find(desk, "askKind")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(place)


def test_how_the_session_stands_is_said_in_words(qtbot: QtBot, live: tuple[DeskWindow, Session], anna: Party) -> None:
    desk, session = live
    joining = desk._session._joining
    assert says(desk, "sessionStands") == "The customer's computer is reached"
    assert says(desk, "sessionMay") == "Nothing is allowed."
    joining._reaches(False)
    qtbot.waitUntil(lambda: says(desk, "sessionStands").startswith("Connection lost at "))
    qtbot.waitUntil(lambda: re.search(r"\(0:0[1-9]\)$", says(desk, "sessionStands")) is not None)
    joining._reaches(True)
    session.colleagues = ("Bo <b>",)
    joining._changes(None)
    qtbot.waitUntil(lambda: says(desk, "sessionMay").endswith("Here too: Bo <b>."))
    session.colleagues = ()
    session.paused = True
    joining._changes(None)
    qtbot.waitUntil(lambda: says(desk, "sessionStands").startswith("Paused by the customer."))


def test_a_terminal_that_is_allowed_is_opened_and_one_that_closed_can_be_opened_again(
    qtbot: QtBot, live: tuple[DeskWindow, Session], anna: Party
) -> None:
    desk, session = live
    assert find(desk, "openShell").isHidden()
    session.grants = Grants(grants=(TerminalGrant(until=anna.clock.now() + timedelta(minutes=10)),))
    desk._session._joining._changes(None)
    qtbot.waitUntil(lambda: session.shells == 1)
    assert "use a terminal until" in says(desk, "sessionMay")
    qtbot.waitUntil(lambda: "The terminal is closed" in find(desk, "sessionBanner").accessibleName())
    assert find(desk, "openShell").isVisible()
    press(desk, "openShell")
    qtbot.waitUntil(lambda: session.shells == 2)


@pytest.mark.parametrize(
    ("answer", "told"),
    [(Answer.ALLOWED, "Allowed: read"), (Answer.DECLINED, "Not allowed: read"), (Answer.SILENT, "No answer yet: read")],
)
def test_more_is_asked_for_with_a_reason_and_the_answer_is_told(
    qtbot: QtBot, live: tuple[DeskWindow, Session], answer: Answer, told: str
) -> None:
    desk, session = live
    session.answer = answer
    press(desk, "askMore")
    choose(desk, 1)
    press(desk, "askSend")
    assert "Name it in full" in says(desk, "askSays")
    write(desk, "askPlace", "/home/lone/Invoices")
    press(desk, "askSend")
    assert "Say why" in says(desk, "askSays")
    assert session.asked == []
    write(desk, "askWhy", "To see the failed bill")
    QTest.keyClick(find(desk, "askWhy"), Qt.Key.Key_Return)
    assert "Waiting for the customer" in says(desk, "askSays")
    assert not find(desk, "askMore").isEnabled()
    qtbot.waitUntil(lambda: find(desk, "sessionBanner").accessibleName().startswith(told))
    assert session.asked == [(FilesWish(folder="/home/lone/Invoices"), 10, "To see the failed bill")]
    assert find(desk, "askMore").isEnabled()


@pytest.mark.parametrize("place", ["", "router", "router:", "router:0", "router:70000", "ro uter:80", ":80"])
def test_what_is_no_port_is_not_asked_for(live: tuple[DeskWindow, Session], place: str) -> None:
    desk, session = live
    press(desk, "askMore")
    choose(desk, 3)
    write(desk, "askPlace", place)
    write(desk, "askWhy", "x")
    press(desk, "askSend")
    assert "Name it in full" in says(desk, "askSays")
    write(desk, "askPlace", "[::1]:80")
    assert desk._case.session.ask_line._wished() == PortWish(host="::1", port=80)
    assert session.asked == []
