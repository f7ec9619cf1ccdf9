"""`relay_load`: one relay holding 500 waiting customers and 50 sessions that send; what that takes. No peer.

The parties are the program's own links, in two programs beside it: one waits, one works. Memory is the proportional
share (PSS) of the keeper, both sshds and every process of a connection, so that pages they share count once.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from app.remote.keys import new_private_text, public_text, read_private
from app.remote.relay.relay import Relay
from app.system.clock import new_id
from tests.bench.relay_clients import PIECE, PIECES_A_SECOND
from tests.bench.row import CannotMeasureError, Figure, Measured

WAITING = 500
SESSIONS = 50
_SECONDS = 15.0
_PATIENCE = 60.0
_ROOT = Path(__file__).parents[2]


def measure() -> Measured:
    """Let them come, wait, work, and be put out."""
    with Relay(None) as relay:
        empty = Use.of(relay)
        with _clients(relay, WAITING, 0) as waiting:
            with_waiting = Use.of(relay)
            resting = _share(relay, _SECONDS)
            with _clients(relay, 0, SESSIONS) as working:
                before = Spent.of(relay)
                told = working.work(_SECONDS)
                busy = Spent.of(relay).share_since(before)
                full = Use.of(relay)
                load = relay.load
                began = time.monotonic()
                relay.expel_all(relay.held)
                ended = time.monotonic() - began
    if (load.waiting, load.customers, load.technicians) != (WAITING, WAITING + SESSIONS, SESSIONS):
        raise CannotMeasureError(f"not everybody came: {load}")
    if told["arrived"] != told["sent"]:
        raise CannotMeasureError(f"{told['sent'] - told['arrived']} pieces were lost")
    rate = SESSIONS * PIECE * PIECES_A_SECOND / 1e6
    return Measured(
        "relay_load",
        (
            Figure("memory of the relay with nobody there", empty.megabytes, "MB"),
            Figure(f"memory with {WAITING} customers waiting", with_waiting.megabytes, "MB"),
            Figure(f"memory with {SESSIONS} sessions beside them", full.megabytes, "MB"),
            Figure("of it each waiting customer", (with_waiting.megabytes - empty.megabytes) / WAITING, "MB"),
            Figure("of it each session", (full.megabytes - with_waiting.megabytes) / SESSIONS, "MB"),
            Figure("the sum of resident sizes, where shared pages count each time", full.resident, "MB"),
            Figure("processes", full.processes, ""),
            Figure(f"processor of the relay's sshds, {WAITING} waiting", resting.sshd, "% of a core"),
            Figure(f"and with {SESSIONS} sessions that send {rate:.0f} MB/s together", busy.sshd, "% of a core"),
            Figure("processor of the program that feeds them, then", busy.program, "% of a core"),
            Figure("a piece of 18 kB on its way, median", told["p50"] * 1000, "ms"),
            Figure("and p99", told["p99"] * 1000, "ms"),
            Figure(f"{WAITING} customers coming in, eight at a time", waiting.linked, "s"),
            Figure(f"all {WAITING + SESSIONS} sessions put out at once", ended, "s"),
        ),
        f"Real reverse forwards through the real sshd, by the program's own links in two programs on the same machine, "
        f"which want its processors too. Those who wait are asked for a sign of life every ten seconds, and ask, too. "
        f"Each session's customer sends {PIECE * PIECES_A_SECOND // 1000} kB/s to its technician, {PIECES_A_SECOND} "
        f"pieces a second, for {_SECONDS:.0f} s; all pieces arrived. Memory is the proportional share (PSS) of all of "
        "the relay's processes. What bounds a relay: two processes and about 2 MB for each connection; sshd's "
        "MaxStartups lets 100 log in at the same time at each door and then turns some away at random, who try again; "
        "12,000 ports, each resting 150 s after use.",
    )


@dataclass(frozen=True, slots=True)
class Use:
    """What the relay's processes hold, in MB."""

    megabytes: float
    resident: float
    processes: int

    @classmethod
    def of(cls, relay: Relay) -> Self:
        """At this moment."""
        found = _processes(relay)
        return cls(
            sum(one.memory_full_info().pss for one in found) / 1e6,
            sum(one.memory_info().rss for one in found) / 1e6,
            len(found),
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What the sshds and this program took of a core, in percent."""

    sshd: float
    program: float


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time so far, in seconds."""

    at: float
    sshd: float
    program: float

    @classmethod
    def of(cls, relay: Relay) -> Self:
        """At this moment."""
        return cls(time.monotonic(), sum(map(_on_processor, _processes(relay))), time.process_time())

    def share_since(self, before: "Spent") -> Share:
        """Of the time in between."""
        seconds = self.at - before.at
        return Share(100 * (self.sshd - before.sshd) / seconds, 100 * (self.program - before.program) / seconds)


class Clients:
    """The parties' program."""

    def __init__(self, process: "subprocess.Popen[str]", everybody: dict[str, Any]) -> None:
        self._process = process
        self._say(json.dumps(everybody))
        self.linked = float(self._told()["linked"])

    def work(self, seconds: float) -> dict[str, Any]:
        """Let the sessions send for so long; what arrived."""
        self._say(f"{seconds}")
        return self._told()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CannotMeasureError("the parties' program ended early")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def _clients(relay: Relay, waiting: int, sessions: int) -> Iterator[Clients]:
    everybody = {
        "waiting": [_party(relay)[:2] for _ in range(waiting)],
        "sessions": [_pair(relay) for _ in range(sessions)],
    }
    command = [sys.executable, "-m", "tests.bench.relay_clients"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    try:
        yield Clients(process, everybody)
    finally:
        process.kill()
        process.communicate(timeout=_PATIENCE)


def _party(relay: Relay) -> tuple[dict[str, Any], str, Any]:
    session, key = new_id(), new_private_text()
    return relay.admit_customer(session, public_text(read_private(key))).model_dump(), key, session


def _pair(relay: Relay) -> tuple[dict[str, Any], str, dict[str, Any], str]:
    door, key, session = _party(relay)
    other = new_private_text()
    return door, key, relay.admit_technician(session, public_text(read_private(other))).model_dump(), other


def _share(relay: Relay, seconds: float) -> Share:
    before = Spent.of(relay)
    time.sleep(seconds)
    return Spent.of(relay).share_since(before)


def _on_processor(process: psutil.Process) -> float:
    """Seconds on the processor of a program with one thread: the usual times miss what is shorter than a tick."""
    return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e9


def _processes(relay: Relay) -> list[psutil.Process]:
    """The keeper and all below it; this program itself is not among them."""
    assert relay._doors is not None
    keeper = psutil.Process(relay._doors._keeper.pid)
    return [keeper, *keeper.children(recursive=True)]
