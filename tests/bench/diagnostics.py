"""Row `diagnostics`: every check that sends nothing over the network, against `inxi -F`."""

import shutil
import statistics
import subprocess
import sys
import time

from app.diagnostics.catalogue import local_checks
from app.diagnostics.runner import run_checks
from tests.bench.row import CannotMeasureError, Row, at_most

_ROUNDS = 9
_ALONE = (
    "from app.diagnostics.catalogue import local_checks; from app.diagnostics.runner import run_checks; "
    "run_checks(local_checks())"
)


def measure() -> Row:
    """Take turns, so that whatever else the machine does hits both alike; the medians are compared."""
    if shutil.which("inxi") is None:
        raise CannotMeasureError("inxi is not installed (apt-get install inxi)")
    ours, peer, alone = [], [], []
    for _round in range(_ROUNDS):
        ours.append(_seconds_of_checks())
        peer.append(_seconds_of(["inxi", "-F"]))
        alone.append(_seconds_of([sys.executable, "-c", _ALONE]))
    seconds, theirs, whole = (statistics.median(times) for times in (ours, peer, alone))
    note = (
        f"Medians of {_ROUNDS} rounds in turns. Ours is the run of all checks in a program that is already open, as "
        f"the customer's window does it; 0.2 s of it is the sampling of processor, memory and programs, so on a "
        f"machine busy with other things the ratio flatters ours, which mostly waits. `inxi -F` is the whole command. "
        f"As a whole command, Python's start included, ours took {whole:.2f} s, {whole / theirs:.2f}x of inxi's: the "
        f"start is about {whole - seconds:.2f} s of that."
    )
    return at_most("diagnostics", seconds, theirs, "s", 0.5, note)


def _seconds_of_checks() -> float:
    began = time.perf_counter()
    run_checks(local_checks())
    return time.perf_counter() - began


def _seconds_of(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began
