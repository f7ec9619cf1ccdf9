"""Rows `keystroke_p50` and `keystroke_p99`: from a key to its echo by the shell, through relay and inner SSH."""

import os
import statistics
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.remote.relay.relay import Relay
from tests.bench.peer_sshd import Peer, peer
from tests.bench.row import CannotMeasureError, Row, at_most
from tests.remote.chain import hosted, terminal

_COLUMNS, _ROWS = 80, 24
_KEYS = (b"x", b"\x7f")
"""A letter, and taking it away again: so the line never grows, and each key has an echo."""
_TURNS = 40
_KEYS_A_TURN = 50
_APART = 0.008
_QUIET = 0.3
_ON_TERMINAL = 'exec "$@" 0<>"$0" 1>&0 2>&0'  # opening it makes it the controlling one
_PATIENCE = 20.0
_NOTE = (
    "{which} of {keys} single keys at each, a letter and its erasure, in turns of {turn} and {apart:.0f} ms after the "
    "echo before; the first turn does not count. The same loop writes the key and waits; the moment counts at which "
    "the echo is there to be shown, on the thread that reads. Both are the same user's login shell. Ours is recorded "
    "at both ends on the way, and its two ends are Python processes; the peer is `ssh -tt` on a terminal of its own, "
    "through the same relay to an `sshd` that `ssh -R` forwards there."
)

_BUSY = (
    " On a machine that is busy with other things the slowest echoes are those that waited for them, on both sides "
    "alike: then this says little of either."
)
_WHY_MISSED = (
    "Where the aim is missed: a key and its echo pass eight threads of two Python programs, and each way they are "
    "encrypted and decrypted twice in Python (end to end, and to the relay). That wants about 1.2 ms of processor time "
    "at the customer's and 0.8 ms here; all of the peer's programs together want 0.8 ms. With keys right after each "
    "other both take half as long: the other half is caches that are cold when a key comes."
)


def measure() -> tuple[Row, ...]:
    """Take turns at two shells that are open all the time."""
    with Relay(None) as relay, tempfile.TemporaryDirectory(prefix="bistand-bench-") as name:
        return _measure(relay, Path(name))


def _measure(relay: Relay, folder: Path) -> tuple[Row, ...]:
    with peer(relay, folder) as other, hosted(relay, folder, terminal()) as host:
        session = host.join()
        ours = _Keys()
        shell = session.shell(_COLUMNS, _ROWS, ours.hear)
        with _ssh(other) as (theirs, write):
            ours.wait_until_quiet()
            theirs.wait_until_quiet()
            for _ in range(_TURNS + 1):
                theirs.press(write)
                ours.press(shell.write)
        session.end()
    return tuple(_row(which, ours.part(percent), theirs.part(percent)) for which, percent in (("p50", 50), ("p99", 99)))


def _row(which: str, ours: float, theirs: float) -> Row:
    note = _NOTE.format(which=which, keys=_TURNS * _KEYS_A_TURN, turn=_KEYS_A_TURN, apart=_APART * 1000)
    note += _BUSY if which == "p99" else ""
    row = at_most(f"keystroke_{which}", ours, theirs, "ms", 1.3, note)
    return row if row.holds else replace(row, note=f"{note} {_WHY_MISSED}")


class _Keys:
    """Presses keys and takes the time to their echoes. `hear` is for the thread that reads."""

    def __init__(self) -> None:
        self._heard_at = 0.0
        self._heard = threading.Event()
        self._turns: list[list[float]] = []

    def hear(self, _: bytes) -> None:
        """Something came."""
        self._heard_at = time.perf_counter()
        self._heard.set()

    def wait_until_quiet(self) -> None:
        """Until the shell has said all that it says by itself."""
        if not self._heard.wait(_PATIENCE):
            raise CannotMeasureError("a shell said nothing")
        while time.perf_counter() - self._heard_at < _QUIET:
            time.sleep(_QUIET / 10)

    def press(self, write: Callable[[bytes], object]) -> None:
        """A turn of keys, each some milliseconds after the echo of the one before."""
        self._turns.append([self._press(write, _KEYS[number % 2]) for number in range(_KEYS_A_TURN)])

    def part(self, percent: int) -> float:
        """So many percent of the echoes took at most this (ms)."""
        seconds = [one for turn in self._turns[1:] for one in turn]
        return statistics.quantiles(seconds, n=100)[percent - 1] * 1000

    def _press(self, write: Callable[[bytes], object], key: bytes) -> float:
        time.sleep(_APART)
        self._heard.clear()
        pressed = time.perf_counter()
        write(key)
        if not self._heard.wait(_PATIENCE):
            raise CannotMeasureError(f"the key {key!r} had no echo")
        return self._heard_at - pressed


@contextmanager
def _ssh(other: Peer) -> Iterator[tuple[_Keys, Callable[[bytes], object]]]:
    """OpenSSH's own client on a terminal, as a person has it; yields what it shows, and the way to type."""
    ours, inside = os.openpty()
    termios.tcsetwinsize(inside, (_ROWS, _COLUMNS))
    keys = _Keys()
    command = ["/bin/sh", "-c", _ON_TERMINAL, os.ttyname(inside), *other.ssh[:1], "-tt", *other.ssh[1:]]
    with subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True) as program:
        os.close(inside)
        reader = threading.Thread(target=_read, args=(ours, keys.hear), name="peer's output", daemon=True)
        reader.start()
        try:
            yield keys, lambda data: os.write(ours, data)
        finally:
            program.terminate()
            program.wait(_PATIENCE)
            reader.join(_PATIENCE)
            os.close(ours)


def _read(terminal: int, hear: Callable[[bytes], None]) -> None:
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # its last user has gone
            return
        hear(data)
