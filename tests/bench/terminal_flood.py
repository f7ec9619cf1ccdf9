"""Row `terminal_flood`: the technician's terminal taking a flood in, painted, against pyte alone."""

import json
import statistics
import subprocess
import sys
from collections.abc import Mapping

from app.widgets.terminal.libghostty import library
from tests.bench.display import display
from tests.bench.row import CannotMeasureError, Row

_ROUNDS = 5
_TIMES, _LONGEST_WAIT = 50, 50.0
_LIMIT_SECONDS = 120
_NOTE = (
    "Medians of {rounds} rounds in turns, each in a process of its own. Ours is the whole widget in a window, on Xvfb "
    "unless there was a display ({columns} by {rows} letters): 72 MB of coloured lines, given by a thread in pieces of "
    "32 kB, cleaned, emulated by {emulator}, kept for scrolling back, and painted {pictures:.0f} times a second; "
    "nothing is dropped, and the time ends with the last line's paint. The peer is pyte's parser and screen of that "
    "size fed 0.4 MB of the same lines: none are kept, and nothing is painted. Meanwhile another thread sent the "
    "window an event each 4 ms: half of them waited less than {usual:.0f} ms, the longest wait of each round was "
    "{each} ms. The aim is met where none of these is over 50 ms; other programs that want the processor at that "
    "moment lengthen them."
)


def measure() -> Row:
    """Take turns, so that whatever else the machine does hits both alike."""
    ours, peer = [], []
    with display() as environment:
        for _round in range(_ROUNDS):
            peer.append(_run("pyte", environment))
            ours.append(_run("view", environment))
    rate, theirs = _median(ours, "rate"), _median(peer, "rate")
    note = _NOTE.format(
        rounds=_ROUNDS,
        emulator="Ghostty's core" if library() else "pyte, since there is no wheel of Ghostty's core for this machine",
        columns=ours[0]["columns"],
        rows=ours[0]["rows"],
        pictures=_median(ours, "pictures"),
        usual=_median(ours, "usual"),
        each=", ".join(f"{run['longest']:.0f}" for run in ours),
    )
    holds = rate / theirs >= _TIMES and max(run["longest"] for run in ours) <= _LONGEST_WAIT
    aim = f"at least {_TIMES}x; no Qt event waits over 50 ms"
    return Row("terminal_flood", rate, theirs, "MB/s", rate / theirs, aim, holds, note)


def _median(runs: list[dict[str, float]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def _run(which: str, environment: Mapping[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.flood", which]
    program = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False
    )
    if program.returncode:
        raise CannotMeasureError(f"the flood of {which!r} failed: {program.stderr.strip()[-400:]}")
    told: dict[str, float] = json.loads(program.stdout)
    return told
