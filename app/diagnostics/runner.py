"""Runs the checks side by side. No check can crash the run, nor hold it up past that check's own limit."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from app.diagnostics.check import Check
from app.diagnostics.report import Report
from app.domain.finding import Finding, Level
from app.system.clock import Clock, SystemClock
from app.system.translations import _

_logger = logging.getLogger(__name__)
_LOOK_FOR_STOP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """One more check is done: `done` of `total`, this one with this finding."""

    done: int
    total: int
    check: str
    finding: Finding


def ignore(_progress: Progress) -> None:
    """For a caller who only wants the report."""


def run_checks(
    checks: Sequence[Check],
    *,
    on_progress: Callable[[Progress], None] = ignore,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
) -> Report:
    """Run all checks at once and return when the last is done, has reached its limit, or `stop` is set.

    The report has a finding for every check, in the order given: one that raised, took too long or was stopped
    is `unknown` and says so. `on_progress` is called on the caller's thread; what it raises ends the run.
    """
    at = (clock or SystemClock()).now()
    run = _Run(tuple(checks), on_progress, stop or threading.Event())
    findings = run.to_the_end()
    return Report(at=at, seconds=run.seconds(), findings=findings)


@dataclass(slots=True)
class _Run:
    """One run: the threads put findings on a queue, and the caller's thread takes them off."""

    checks: tuple[Check, ...]
    on_progress: Callable[[Progress], None]
    stop: threading.Event
    started: float = field(default_factory=time.monotonic)
    found: dict[int, Finding] = field(default_factory=dict)
    arriving: queue.SimpleQueue[tuple[int, Finding]] = field(default_factory=queue.SimpleQueue)

    def to_the_end(self) -> tuple[Finding, ...]:
        for place, check in enumerate(self.checks):
            # A daemon: one that hangs is left behind and does not keep the program from ending.
            threading.Thread(target=self._work, args=(place, check), name=f"check-{check.name}", daemon=True).start()
        while len(self.found) < len(self.checks):
            self._take(self._seconds_to_wait())
            self._give_up_late_ones()
        return tuple(self.found[place] for place in range(len(self.checks)))

    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 3)

    def _work(self, place: int, check: Check) -> None:
        began = time.monotonic()
        try:
            outcome = check.run()
            finding = Finding(check=check.name, **dict(outcome), seconds=round(time.monotonic() - began, 3))
        except Exception:
            _logger.exception("The check %s failed", check.name)
            finding = _unknown(check, _("This could not be checked on this computer."), time.monotonic() - began)
        self.arriving.put((place, finding))

    def _take(self, wait: float) -> None:
        """Wait for the next finding, and take all that have arrived."""
        with suppress(queue.Empty):
            self._settle(*self.arriving.get(timeout=wait))
            while True:
                self._settle(*self.arriving.get_nowait())

    def _settle(self, place: int, finding: Finding) -> None:
        if place in self.found:  # its limit had passed; the report has said so already
            return
        self.found[place] = finding
        self.on_progress(Progress(len(self.found), len(self.checks), finding.check, finding))

    def _seconds_to_wait(self) -> float:
        nearest = min(check.limit_seconds for place, check in enumerate(self.checks) if place not in self.found)
        return max(0.0, min(nearest - (time.monotonic() - self.started), _LOOK_FOR_STOP_SECONDS))

    def _give_up_late_ones(self) -> None:
        seconds = time.monotonic() - self.started
        for place, check in enumerate(self.checks):
            if place in self.found:
                continue
            if self.stop.is_set():
                self._settle(place, _unknown(check, _("You stopped before this was checked."), seconds))
            elif seconds >= check.limit_seconds:
                self._settle(place, _unknown(check, _("This took too long to check, so it was left."), seconds))


def _unknown(check: Check, sentence: str, seconds: float) -> Finding:
    return Finding(check=check.name, level=Level.UNKNOWN, sentence=sentence, seconds=round(seconds, 3))
