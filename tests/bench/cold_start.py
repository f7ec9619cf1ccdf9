"""Row `cold_start`: from starting the program to the first paint of its window, against a bare PySide6 window."""

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from tests.bench.display import display
from tests.bench.row import CannotMeasureError, Row, at_most

_ROUNDS = 11
_LIMIT_SECONDS = 60
_NOTE = (
    f"Medians of {_ROUNDS} rounds in turns after one unmeasured, from the start of Python to the end of the window's "
    "first paint, on Xvfb unless there was a display. Ours opens the Get help window, with a new encrypted store kept "
    "for that run alone, so that no keyring is asked. At its first paint the window says that it is making ready; "
    "the first page, on which the person can write, was painted after {ready:.2f} s ({times:.1f}x the bare window); "
    "most of both is loading Python's modules. The files were in the system's cache: the first start after the "
    "computer itself was started takes both longer."
)


@dataclass(frozen=True, slots=True)
class _Start:
    """Seconds from the start of Python to the window's first paint, and to that of what a person works with."""

    painted: float
    ready: float


def measure() -> Row:
    """Take turns, so that whatever else the machine does hits both alike; the medians are compared."""
    ours, peer = [], []
    with display() as environment:
        # An installed program has its bytecode beside it, and so has this one after the unmeasured round.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for which in ("bare", "gethelp"):
            _start(which, environment)
        for _round in range(_ROUNDS):
            peer.append(_start("bare", environment))
            ours.append(_start("gethelp", environment))
    theirs = statistics.median(start.painted for start in peer)
    ready = statistics.median(start.ready for start in ours)
    note = _NOTE.format(ready=ready, times=ready / theirs)
    return at_most("cold_start", statistics.median(start.painted for start in ours), theirs, "s", 2.0, note)


def _start(which: str, environment: Mapping[str, str]) -> _Start:
    command = [sys.executable, "-m", "tests.bench.first_paint", which]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        start = _Start(*(_seconds_until(word, program.stdout, began) for word in ("painted", "ready")))
        _rest, errors = program.communicate(timeout=_LIMIT_SECONDS)
    if program.returncode != 0 or not start.ready:
        raise CannotMeasureError(f"the window {which!r} was not painted: {errors.strip()[-400:]}")
    return start


def _seconds_until(word: str, lines: IO[str], began: float) -> float:
    """0 where the program ended, or said something else."""
    return time.perf_counter() - began if lines.readline() == f"{word}\n" else 0.0
