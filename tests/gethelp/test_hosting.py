"""A session that begins while the window is closed does not go on without it."""

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.domain.consent import Grants
from app.flows import host_session
from app.flows.party import Party
from app.gethelp.hosting import Hosting
from app.widgets.jobs import Jobs

PATIENCE = 10.0


class SlowSession:
    """A session whose start takes as long as the test wants."""

    def __init__(self, _party: Party, _case_id: UUID, _grants: Grants, _told: Callable[[object], None]) -> None:
        self.begins, self.may_go_on, self.is_on = threading.Event(), threading.Event(), False

    def start(self) -> None:
        self.begins.set()
        assert self.may_go_on.wait(PATIENCE)
        self.is_on = True

    def close(self) -> None:
        self.is_on = False


@pytest.mark.parametrize("closes_first", [True, False])
def test_a_session_that_begins_as_the_window_closes_is_ended(
    qtbot: QtBot, lone: Party, monkeypatch: pytest.MonkeyPatch, closes_first: bool
) -> None:
    made: list[SlowSession] = []

    def make(*arguments: object) -> SlowSession:
        made.append(SlowSession(*arguments))  # type: ignore[arg-type]  # they are handed on as they come
        return made[-1]

    monkeypatch.setattr(host_session, "host_session", make)
    owner = QObject()
    jobs = Jobs(owner)
    hosting = Hosting(lone, jobs, lambda _: None)
    hosting.begin(uuid4(), Grants())
    qtbot.waitUntil(lambda: bool(made) and made[0].begins.is_set())
    if closes_first:
        hosting.close()
        made[0].may_go_on.set()
    else:
        made[0].may_go_on.set()
        while not made[0].is_on:  # it has begun, and the window was not told of it yet
            threading.Event().wait(0.01)
        hosting.close()
    jobs.close()
    assert not made[0].is_on
