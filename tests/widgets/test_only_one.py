"""A second program of the same home has the first one's window shown, and ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.only_one import OnlyOne

_ANOTHER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.system.errors import OpenAlreadyError
from app.widgets.only_one import OnlyOne

application = QCoreApplication([])
only = OnlyOne(Path(sys.argv[1]), "desk")
try:
    print("first" if only.claim() else "second", flush=True)
except OpenAlreadyError as error:
    print(error, flush=True)
sys.stdin.read()
"""


def _another(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _ANOTHER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _said(program: subprocess.Popen[str]) -> str:
    out, _ = program.communicate(timeout=60)
    return out.strip()


@pytest.fixture
def first(qtbot: QtBot, tmp_path: Path) -> OnlyOne:
    """The one that was there first."""
    only = OnlyOne(tmp_path, "desk")
    assert only.claim()
    return only


def test_the_first_one_s_window_is_shown(qtbot: QtBot, tmp_path: Path, first: OnlyOne) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    first.shows(window)
    window.showMinimized()
    with qtbot.waitSignal(first.asked, timeout=30_000):
        second = _another(tmp_path)
    assert _said(second) == "second"
    assert window.isVisible()
    assert not window.isMinimized()
    first.close()


def test_another_home_has_a_window_of_its_own(tmp_path: Path, first: OnlyOne) -> None:
    (tmp_path / "other").mkdir()
    assert _said(_another(tmp_path / "other")) == "first"
    first.close()


def test_a_window_that_was_closed_makes_room(tmp_path: Path, first: OnlyOne) -> None:
    first.close()
    assert _said(_another(tmp_path)) == "first"


def test_one_that_was_killed_is_in_nobody_s_way(qtbot: QtBot, tmp_path: Path) -> None:
    killed = _another(tmp_path)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "first\n"
    killed.kill()
    killed.communicate()
    only = OnlyOne(tmp_path, "desk")
    assert only.claim()
    only.close()


def test_one_that_does_not_answer_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    stuck = _another(tmp_path)
    assert stuck.stdout is not None
    assert stuck.stdout.readline() == "first\n"
    os.kill(stuck.pid, signal.SIGSTOP)
    try:
        assert _said(_another(tmp_path)) == (
            f"This window is open already, in process {stuck.pid}, which does not answer. End that one, then try again."
        )
    finally:
        os.kill(stuck.pid, signal.SIGCONT)
        stuck.communicate()
