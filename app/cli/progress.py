"""How far long work has come, on stderr: one line that is rewritten on a terminal, a plain line now and then elsewhere.

Nothing is shown of work that is over within a moment. Ctrl-C ends the work at its next step, wherever it goes on.
"""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.cli.common import tell
from app.domain.progress import Counted, Report
from app.flows.progress import Unit, amount, doing

GOES_ON = "Stopped. What is done stays done; run the same command again, and it goes on from there."
CHANGED_NOTHING = "Stopped. Nothing was changed; run the same command again when there is time."

_PATIENCE = 0.5
_REWRITTEN_EVERY = 0.1
_TOLD_EVERY = 10.0
"""Seconds: before the first line, between two on a terminal, between two elsewhere."""
_CLEARED = "\r\x1b[K"


@contextmanager
def showing(label: str, unit: Unit = Unit.THINGS, *, stopped: str = GOES_ON) -> Iterator[Counted]:
    """Yields what is to be told how much is done, of how much (0 where that is not known), on any thread.

    At Ctrl-C that raises `KeyboardInterrupt`, and so does this, after it has said `stopped`.
    """
    with _line(stopped) as line:
        yield lambda done, total: line.show(label, done, total, unit)


@contextmanager
def following(*, stopped: str = GOES_ON, at_a_step: bool = False) -> Iterator[Report]:
    """The same for work of several kinds, one after the other.

    With `at_a_step` Ctrl-C ends it there and nowhere else, for what is done wholly or not at all; twice, it does not
    wait.
    """
    with _line(stopped, at_a_step=at_a_step) as line:
        yield lambda told: line.show(doing(told.what), told.done, told.total, told.unit)


@contextmanager
def _line(stopped: str, *, at_a_step: bool = False) -> Iterator["_Line"]:
    line = _Line()
    try:
        with _interrupts(line, at_a_step):
            yield line
    except KeyboardInterrupt:
        line.clear()
        tell(stopped)
        raise
    finally:
        line.clear()


@contextmanager
def _interrupts(line: "_Line", at_a_step: bool) -> Iterator[None]:
    """Ctrl-C is heard by the work on another thread too. The main thread alone can hear it first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        waits = at_a_step and not line.interrupted
        line.interrupted = True
        if not waits:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Line:
    def __init__(self) -> None:
        self.interrupted = False
        self._rewrites = sys.stderr.isatty()
        self._next = time.monotonic() + (_PATIENCE if self._rewrites else _TOLD_EVERY)
        self._shown = False

    def show(self, label: str, done: int, total: int | None, unit: Unit) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_REWRITTEN_EVERY if self._rewrites else _TOLD_EVERY)
        text = ": ".join(part for part in (label, amount(done, total, unit)) if part)
        percent = f" ({100 * done // total} %)" if total else ""
        if self._rewrites:
            self._shown = True
            sys.stderr.write(f"{_CLEARED}{text}{percent}")
            sys.stderr.flush()
        else:
            tell(f"{text}{percent}")

    def clear(self) -> None:
        if self._shown:
            self._shown = False
            sys.stderr.write(_CLEARED)
            sys.stderr.flush()
