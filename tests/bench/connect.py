"""Row `connect`: from the first packet to the relay until the shell's first prompt, against OpenSSH."""

import re
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from app.remote.relay.relay import Relay
from tests.bench.peer_sshd import Peer, peer
from tests.bench.row import CannotMeasureError, Row, at_most
from tests.remote.chain import hosted, terminal

_ROUNDS = 9
_PATIENCE = 20.0
_PROMPT = re.compile(rb"[#$%>] ")
_NOTE = (
    f"Medians of {_ROUNDS} rounds in turns; the customer's side waits at the relay already, as it does while the code "
    "is read out. Both start the same user's login shell. The peer is `ssh -tt` through the same relay to an `sshd` "
    "that `ssh -R` forwards there; ours makes its keys, opens the audit and begins the recording in that time."
)


def measure() -> Row:
    """Take turns, each round with a new connection."""
    with Relay(None) as relay, tempfile.TemporaryDirectory(prefix="bistand-bench-") as name:
        return _measure(relay, Path(name))


def _measure(relay: Relay, folder: Path) -> Row:
    ours, theirs = [], []
    with peer(relay, folder) as other:
        for number in range(_ROUNDS + 1):
            place = folder / str(number)
            place.mkdir()
            theirs.append(_peer_seconds(other))
            ours.append(_our_seconds(relay, place))
    seconds, peers = statistics.median(ours[1:]), statistics.median(theirs[1:])
    return at_most("connect", seconds, peers, "s", 1.5, _NOTE)


def _our_seconds(relay: Relay, folder: Path) -> float:
    with hosted(relay, folder, terminal()) as host:
        host.wait_until_paired()
        prompt = threading.Event()
        heard = bytearray()

        def hear(data: bytes) -> None:
            heard.extend(data)
            if _PROMPT.search(heard):
                prompt.set()

        began = time.perf_counter()
        session = host.join()
        session.shell(80, 24, hear)
        if not prompt.wait(_PATIENCE):
            raise CannotMeasureError(f"our shell showed no prompt: {bytes(heard[-200:])!r}")
        seconds = time.perf_counter() - began
        session.end()
        return seconds


def _peer_seconds(other: Peer) -> float:
    began = time.perf_counter()
    command = [*other.ssh[:1], "-tt", *other.ssh[1:]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        heard = b""
        while not _PROMPT.search(heard) and (data := program.stdout.read(4096)):
            heard += data
        seconds = time.perf_counter() - began
        if not _PROMPT.search(heard):
            raise CannotMeasureError(f"OpenSSH's shell showed no prompt: {heard[-200:]!r}")
        program.stdin.write(b"exit\n")
        program.communicate(timeout=_PATIENCE)
    return seconds
