"""A colleague whom the customer lets in: asked for plainly, let in by a number of their own, seen, and sent away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.consent import ColleagueGrant, ColleagueWish, Grants, TerminalGrant
from app.flows.host_session import Activity, Asked, ColleagueCode, ColleagueCodeBurned, ColleagueCodeGone
from app.flows.party import Party
from app.gethelp.window import GetHelpWindow
from app.widgets.code_display import CodeDisplay
from tests.gethelp.standing_in import NOW, Session, somebody_in
from tests.gethelp.test_asked import activity, can_be_pressed, switches
from tests.widgets.driving import find, press

Live = tuple[GetHelpWindow, Session]


def soon() -> datetime:
    """Some minutes from now."""
    return datetime.now(UTC) + timedelta(minutes=30)


@pytest.fixture
def live(qtbot: QtBot, lone: Party, open_window: Callable[[Party], GetHelpWindow]) -> Live:
    """A window with Anna on the computer."""
    window = open_window(lone)
    window.activateWindow()
    return somebody_in(qtbot, window, "Anna", Grants(grants=(TerminalGrant(until=soon()),)))


def words(window: GetHelpWindow, name: str) -> str:
    """All that stands in a card."""
    return "\n".join(label.text() for label in find(window, name).findChildren(QLabel) if label.isVisible())


def invited(qtbot: QtBot, live: Live, name: str = "Bo", code: str = "48217305", *, may_type: bool = False) -> None:
    """The customer allows it, and the number is there."""
    window, session = live
    session.tell(Asked(1, "Anna", ColleagueWish(name=name, may_type=may_type), 20, "Bo knows this printer"))
    qtbot.waitUntil(lambda: find(window, "wish").isVisible())
    can_be_pressed(qtbot, window, "allowWish")
    press(window, "allowWish")
    qtbot.waitUntil(lambda: find(window, "wish").isHidden())
    session.tell(ColleagueCode(name, code, soon()))
    qtbot.waitUntil(lambda: find(window, "colleagueCard").isVisible())


@pytest.mark.parametrize(("may_type", "what"), [(False, "look on."), (True, "look on and type.")])
def test_it_is_asked_plainly(qtbot: QtBot, live: Live, may_type: bool, what: str) -> None:
    window, session = live
    session.tell(Asked(1, "Anna", ColleagueWish(name="Bo", may_type=may_type), 20, "Bo knows this printer"))
    qtbot.waitUntil(lambda: find(window, "wish").isVisible())
    assert f"Anna asks that Bo may {what}" in words(window, "wish")
    assert session.answers == []


def test_the_number_says_for_whom_it_is_and_goes_when_they_are_in(qtbot: QtBot, live: Live) -> None:
    window, session = live
    invited(qtbot, live)
    code = find(window, "colleagueCode")
    assert isinstance(code, CodeDisplay)
    assert code.text() == "4821 7305"
    assert "Read this number to Bo:" in words(window, "colleagueCard")
    assert "nobody else" in words(window, "colleagueCard")
    assert find(window, "colleagueCard").accessibleName().startswith("Read this number to Bo: 4, 8, 2, 1")
    assert find(window, "barLook").isVisible()
    session.tell(ColleagueCodeGone("Cy"))
    session.tell(Activity(NOW, "colleague_came", "Bo"))
    session.tell(ColleagueCodeGone("Bo"))
    qtbot.waitUntil(lambda: find(window, "colleagueCard").isHidden())
    assert code.code == ""
    assert any("Bo is here." in switch.accessibleName() for switch in switches(window))
    assert window._live._bar.windowTitle() == "Anna is helping you. Here too: Bo"
    qtbot.waitUntil(lambda: any("Bo came in" in line for line in activity(window)))
    session.tell(Activity(NOW, "colleague_left", "Bo"))
    qtbot.waitUntil(lambda: window._live._bar.windowTitle() == "Anna is helping you")
    assert not any("is here" in switch.accessibleName() for switch in switches(window))


def test_the_switch_sends_them_away(qtbot: QtBot, live: Live) -> None:
    window, session = live
    invited(qtbot, live)
    session.tell(Activity(NOW, "colleague_came", "Bo"))
    qtbot.waitUntil(lambda: any("Bo is here" in switch.accessibleName() for switch in switches(window)))
    next(switch for switch in switches(window) if "Bo is here" in switch.accessibleName()).click()
    qtbot.waitUntil(lambda: not any(isinstance(grant, ColleagueGrant) for grant in session.grants.grants))
    assert not session.stopped.is_set()


def test_one_can_change_ones_mind_while_the_number_is_shown(qtbot: QtBot, live: Live) -> None:
    window, session = live
    invited(qtbot, live, may_type=True)
    assert not find(window, "refuseColleague").isEnabled()  # a click that was on its way presses nothing
    can_be_pressed(qtbot, window, "refuseColleague")
    press(window, "refuseColleague")
    qtbot.waitUntil(lambda: not any(isinstance(grant, ColleagueGrant) for grant in session.grants.grants))
    assert not session.stopped.is_set()


def test_whoever_used_the_number_in_their_place_is_named(qtbot: QtBot, live: Live) -> None:
    window, session = live
    invited(qtbot, live)
    session.tell(ColleagueCodeBurned("Bo", 2, "<b>Cy</b>"))
    session.tell(ColleagueCode("Bo", "11112222", soon()))
    qtbot.waitUntil(lambda: "<b>Cy</b>" in words(window, "colleagueCard"))
    assert "Nobody was let in" in words(window, "colleagueCard")
    assert find(window, "freshColleagueCode").isHidden()
    session.tell(ColleagueCodeBurned("Bo", 0))
    qtbot.waitUntil(lambda: find(window, "freshColleagueCode").isVisible())
    assert "1111" not in words(window, "colleagueCard")
    can_be_pressed(qtbot, window, "freshColleagueCode")
    press(window, "freshColleagueCode")
    qtbot.waitUntil(lambda: session.asked_for_codes == 1)
    session.tell(ColleagueCode("Bo", "33334444", soon()))
    qtbot.waitUntil(lambda: "3333 4444" in words(window, "colleagueCard"))
    assert find(window, "colleagueTrouble").isHidden()


def test_a_question_stands_beside_the_number(qtbot: QtBot, live: Live) -> None:
    window, session = live
    invited(qtbot, live)
    session.tell(Asked(2, "Anna", ColleagueWish(name="Cy"), 20, "x"))
    qtbot.waitUntil(lambda: find(window, "wish").isVisible())
    assert find(window, "colleagueCode").isVisible()
    can_be_pressed(qtbot, window, "declineWish")
    press(window, "declineWish")
    qtbot.waitUntil(lambda: find(window, "wish").isHidden())
    assert find(window, "refuseColleague").isVisible()


def test_the_end_of_the_session_takes_the_number_away(qtbot: QtBot, live: Live) -> None:
    window, session = live
    invited(qtbot, live)
    session.stop()
    qtbot.waitUntil(lambda: window.current_page == "done")
    assert window._pages.live.colleague.current == ""
