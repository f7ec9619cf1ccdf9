"""Jobs and bridges: work off the Qt thread, results and events on it."""

import logging
import threading
from collections import deque

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import UsageError
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs


def test_a_result_comes_back_on_the_qt_thread(qtbot: QtBot) -> None:
    jobs, here, got = Jobs(), threading.get_ident(), []
    jobs.run(threading.get_ident, lambda there: got.append((there, threading.get_ident())), pytest.fail)
    qtbot.waitUntil(lambda: bool(got))
    [(worked, told)] = got
    assert worked != here
    assert told == here
    jobs.close()


def test_an_error_that_a_person_can_act_on_is_told_as_it_is(qtbot: QtBot) -> None:
    jobs = Jobs()
    told: list[object] = []

    def work() -> None:
        raise UsageError("The code has 8 digits.")

    jobs.run(work, lambda _: pytest.fail("no result"), told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["The code has 8 digits."]
    jobs.close()


def test_any_other_error_is_logged_and_told_calmly(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs()
    told: list[object] = []

    def work() -> None:
        raise ZeroDivisionError("a secret detail")

    with caplog.at_level(logging.ERROR):
        jobs.run(work, lambda _: pytest.fail("no result"), told.append)
        qtbot.waitUntil(lambda: bool(told))
    assert "a secret detail" not in str(told[0])
    assert "Nothing you wrote is lost" in str(told[0])
    assert "ZeroDivisionError" in caplog.text
    jobs.close()


def test_nothing_is_told_after_closing(qtbot: QtBot) -> None:
    jobs = Jobs()
    told: list[object] = []
    go = threading.Event()
    jobs.run(lambda: go.wait(5), told.append, told.append)
    go.set()
    jobs.close()
    jobs.run(lambda: 1, told.append, told.append)
    qtbot.wait(20)
    assert not told


def test_events_cross_over_in_order_and_stop_at_closing(qtbot: QtBot) -> None:
    got: list[tuple[object, int]] = []
    bridge = Bridge(lambda event: got.append((event, threading.get_ident())))
    sender = threading.Thread(target=lambda: deque(map(bridge, range(100)), maxlen=0))
    sender.start()
    sender.join()
    qtbot.waitUntil(lambda: len(got) == 100)
    assert got == [(number, threading.get_ident()) for number in range(100)]
    bridge.close()
    bridge("late")
    qtbot.wait(20)
    assert len(got) == 100
