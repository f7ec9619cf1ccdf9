"""Row `cold_start`: from starting the program to the first paint of its window, against a bare PySide6 window."""

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace

from tests.bench.display import display
from tests.bench.row import CannotMeasureError, Row, at_most

_ROUNDS = 7
_LIMIT_SECONDS = 60
_NOTE = (
    f"Medians of {_ROUNDS} rounds in turns after one unmeasured, from the start of Python to the end of the window's "
    "first paint, on Xvfb unless there was a display. Ours opens the Get help window with a new encrypted store kept "
    "for that run alone, so that no keyring is asked. The files were in the system's cache: the first start after the "
    "computer itself was started takes both longer."
)


def measure() -> Row:
    """Take turns, so that whatever else the machine does hits both alike; the medians are compared."""
    ours, peer, imports = [], [], []
    with display() as environment:
        # An installed program has its bytecode beside it, and so has this one after the unmeasured round.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for which in ("bare", "gethelp"):
            _seconds_to_paint(which, environment)
        for _round in range(_ROUNDS):
            peer.append(_seconds_to_paint("bare", environment))
            ours.append(_seconds_to_paint("gethelp", environment))
            imports.append(_seconds_to_import(environment))
    seconds, theirs, importing = (statistics.median(times) for times in (ours, peer, imports))
    row = at_most("cold_start", seconds, theirs, "s", 2.0, _NOTE)
    return row if row.holds else replace(row, note=f"{_NOTE} {_why_missed(seconds, importing)}")


def _why_missed(seconds: float, importing: float) -> str:
    return (
        f"The aim is missed: starting Python and importing the program's modules and what they stand on takes "
        f"{importing:.2f} s of the {seconds:.2f} s; the rest is opening the store and making the pages."
    )


def _seconds_to_import(environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import app.wiring, app.gethelp.window"], env=environment, check=True)
    return time.perf_counter() - began


def _seconds_to_paint(which: str, environment: Mapping[str, str]) -> float:
    command = [sys.executable, "-m", "tests.bench.first_paint", which]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        seconds = time.perf_counter() - began
        _rest, errors = program.communicate(timeout=_LIMIT_SECONDS)
    if line != "painted\n" or program.returncode != 0:
        raise CannotMeasureError(f"the window {which!r} was not painted: {errors.strip()[-400:]}")
    return seconds
