"""How far long work is, on a terminal and elsewhere; Ctrl-C ends it, and the next run goes on from there."""

import json
import os
import pty
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.cli import doctor, main, progress, sync
from app.cli.progress import following, showing
from app.domain.events import Audience, Certainty, NoteAdded
from app.flows.party import Party
from app.flows.progress import Progress, Unit, Work
from app.flows.show_case import show_case
from app.flows.synchronise import synchronise
from tests.flows.conftest import Town, town
from tests.store.parts import open_case

__all__ = ["town"]

Capture = pytest.CaptureFixture[str]
UPLOAD = Progress(Work.UPLOAD, 3_100_000, 12_400_000, Unit.BYTES)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is told, however short it takes."""
    for name in ("_PATIENCE", "_REWRITTEN_EVERY", "_TOLD_EVERY"):
        monkeypatch.setattr(progress, name, 0.0)


@pytest.mark.usefixtures("at_once")
def test_on_a_terminal_one_line_is_rewritten_and_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", terminal)
        with following() as report:
            report(UPLOAD)
            report(Progress(Work.FETCH, 500))
        seen = ""
        while seen.count(progress._CLEARED) < 3:
            seen += os.read(master, 4096).decode()
    os.close(master)
    assert seen == ("\r\x1b[KSending files: 3.1 of 12.4 MB (25 %)\r\x1b[KFetching what is new: 500\r\x1b[K")


@pytest.mark.usefixtures("at_once")
def test_elsewhere_plain_lines_are_told(capsys: Capture) -> None:
    with showing("Copying") as told:
        told(1, 4)
        told(2, 0)
    assert capsys.readouterr() == ("", "Copying: 1 of 4 (25 %)\nCopying: 2\n")


def test_short_work_is_not_told_at_all(capsys: Capture) -> None:
    with showing("Copying") as told:
        for done in range(1000):
            told(done, 1000)
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_is_heard_by_the_work_and_by_whoever_waits_for_it(capsys: Capture) -> None:
    before = signal.getsignal(signal.SIGINT)
    heard: list[str] = []

    def copy() -> None:
        with showing("Copying", stopped="Stopped. All is well.") as told:
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                heard.append("whoever waits")
            told(1, 2)
            heard.append("nobody")

    with pytest.raises(KeyboardInterrupt):
        copy()
    assert heard == ["whoever waits"]
    assert capsys.readouterr().err == "Stopped. All is well.\n"
    assert signal.getsignal(signal.SIGINT) is before


def interrupted_at(step: int, run: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of a command that gets Ctrl-C when it tells of this step."""
    seen = 0
    show = progress._Line.show

    def showing_then(line: progress._Line, *told: object) -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGINT)
            while not line.interrupted:  # the main thread hears it; on that thread it did already
                time.sleep(0.001)
        show(line, *told)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(progress._Line, "show", showing_then)
        return run()


@contextmanager
def used_by(module: object, party: Party, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command opens this party, and leaves it open."""

    @contextmanager
    def opened(**_: object) -> Iterator[Party]:
        yield party

    with monkeypatch.context() as patched:
        patched.setattr(module, "open_party", opened)
        yield


def test_a_first_sync_that_is_interrupted_at_each_step_is_whole_in_the_end(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    lone, case_id = town.customer_with_case()
    for number in range(8):
        lone.write(case_id, NoteAdded(text=str(number), certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER))
    synchronise(lone)
    anna, bo = town.technician("Anna"), town.technician("Bo")
    monkeypatch.setattr("app.service.events.LARGEST_PAGE", 2)
    monkeypatch.setattr("app.service.looks._NEAR", 0)  # whoever is behind reads page after page
    synchronise(bo)
    held = [0]
    with used_by(sync, anna, monkeypatch):
        for step in range(1, 20):
            code = interrupted_at(1, lambda: main.main(["sync"]), monkeypatch)
            said = capsys.readouterr()
            if code == 0:
                break
            assert (code, said.out) == (130, "")
            assert said.err == f"{progress.GOES_ON}\n"
            held.append(100 * len(anna.store.case(case_id).timeline) - anna.store.to_follow())
            assert held[-1] > held[-2], step
        assert interrupted_at(99, lambda: main.main(["sync", "--json"]), monkeypatch) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"sent": 0, "received": 0, "refused": 0}
    assert len(held) >= 4
    assert anna.store.case(case_id) == bo.store.case(case_id)
    assert show_case(anna, case_id) == show_case(bo, case_id)


def test_a_rebuild_that_is_interrupted_leaves_all_as_it_was(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    anna = town.technician("Anna")
    for number in range(5):
        open_case(anna.store, str(number))
    whole = anna.store.cases()
    anna.store._worker.do(lambda connection: connection.execute("DELETE FROM case_row"))
    with used_by(doctor, anna, monkeypatch):
        for step in (1, 2, 5):
            assert interrupted_at(step, lambda: main.main(["doctor", "--rebuild"]), monkeypatch) == 130
            assert capsys.readouterr() == ("", f"{progress.CHANGED_NOTHING}\n")
            assert anna.store.cases() == ()
        assert main.main(["doctor", "--rebuild", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["differences"]) == 5
    assert anna.store.cases() == whole
