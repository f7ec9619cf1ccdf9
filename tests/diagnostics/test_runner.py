"""The runner: side by side, in order, and never brought down by a check."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.diagnostics.check import Outcome
from app.diagnostics.runner import Progress, run_checks
from app.domain.finding import Evidence, Level


@dataclass
class Told:
    """A check that says what it was told to say, once `gate` is open."""

    name: str
    gate: threading.Event
    limit_seconds: float = 20.0
    title: str = "Something"

    def run(self) -> Outcome:
        self.gate.wait(30)
        return Outcome(level=Level.OK, sentence="All is well.", evidence=(Evidence(name="left", value=3, unit="GB"),))


class Broken(Told):
    def run(self) -> Outcome:
        raise OSError("/home/anna is gone")


class Wordless(Told):
    def run(self) -> Outcome:
        return Outcome(level=Level.OK, sentence="")


@dataclass(frozen=True)
class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def opened() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@pytest.fixture
def shut() -> threading.Event:
    return threading.Event()


def test_findings_stand_in_the_order_of_the_checks_whichever_is_done_first(shut: threading.Event) -> None:
    first_done = threading.Event()

    def open_after_second(progress: Progress) -> None:
        if progress.check == "second":
            first_done.set()

    opened = threading.Event()
    opened.set()
    checks = [Told("first", first_done), Told("second", opened)]
    report = run_checks(checks, on_progress=open_after_second, clock=Noon())
    assert [finding.check for finding in report.findings] == ["first", "second"]
    assert [finding.level for finding in report.findings] == [Level.OK, Level.OK]
    assert report.findings[0].evidence[0].value == 3
    assert report.at == Noon().now()


def test_checks_run_side_by_side() -> None:
    together = threading.Barrier(4, timeout=20)

    class Meeting(Told):
        def run(self) -> Outcome:
            together.wait()
            return super().run()

    opened = threading.Event()
    opened.set()
    report = run_checks([Meeting(str(number), opened) for number in range(4)])
    assert {finding.level for finding in report.findings} == {Level.OK}


@pytest.mark.parametrize("kind", [Broken, Wordless])
def test_a_check_that_fails_is_a_finding_without_the_details(kind: type[Told], opened: threading.Event) -> None:
    report = run_checks([kind("bad", opened), Told("good", opened)])
    bad, good = report.findings
    assert bad.level is Level.UNKNOWN
    assert bad.sentence == "This could not be checked on this computer."
    assert bad.evidence == ()
    assert good.level is Level.OK


def test_a_check_that_hangs_costs_no_more_than_its_own_limit(shut: threading.Event, opened: threading.Event) -> None:
    began = time.monotonic()
    report = run_checks([Told("hangs", shut, limit_seconds=0.2), Told("good", opened)])
    assert time.monotonic() - began < 10  # it hangs for thirty
    hangs, good = report.findings
    assert (hangs.level, hangs.sentence) == (Level.UNKNOWN, "This took too long to check, so it was left.")
    assert hangs.seconds >= 0.2
    assert good.level is Level.OK
    shut.set()


def test_a_run_can_be_stopped_and_keeps_what_was_found(shut: threading.Event, opened: threading.Event) -> None:
    stop = threading.Event()

    def stop_after_the_first(_progress: Progress) -> None:
        stop.set()

    report = run_checks([Told("slow", shut), Told("quick", opened)], on_progress=stop_after_the_first, stop=stop)
    assert report.seconds < 10
    slow, quick = report.findings
    assert (slow.level, slow.sentence) == (Level.UNKNOWN, "You stopped before this was checked.")
    assert quick.level is Level.OK
    shut.set()


def test_progress_tells_of_each_check_that_is_done_on_the_callers_thread(opened: threading.Event) -> None:
    told: list[Progress] = []
    threads = set()

    def listen(progress: Progress) -> None:
        threads.add(threading.current_thread())
        told.append(progress)

    run_checks([Told("a", opened), Broken("b", opened)], on_progress=listen)
    assert [step.done for step in told] == [1, 2]
    assert {(step.check, step.finding.level) for step in told} == {("a", Level.OK), ("b", Level.UNKNOWN)}
    assert {step.total for step in told} == {2}
    assert threads == {threading.current_thread()}


def test_no_checks_make_an_empty_report() -> None:
    assert run_checks([]).findings == ()
