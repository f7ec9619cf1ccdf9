"""Rows `sftp_get` and `sftp_put`: a file fetched and sent through relay and inner SSH, against OpenSSH's `sftp`."""

import hashlib
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.remote.relay.relay import Relay
from tests.bench.peer_sshd import Peer, peer
from tests.bench.row import CannotMeasureError, Row, at_least
from tests.remote.chain import files, hosted

_BYTES = 100_000_000
_ROUNDS = 9
_PATIENCE = 20.0
_NOTE = (
    f"{_BYTES // 1_000_000} MB of random bytes, medians of {_ROUNDS} rounds in turns after one unmeasured, over "
    "connections that are open already, to a file that is not there yet. Ours is reckoned and compared at both ends "
    "(SHA-256), written under another name, {disk}renamed and noted in the audit, and runs in two Python processes; "
    "the peer is `sftp -b`, which compares nothing, with an `sshd` that is forwarded to the same relay with `ssh -R`, "
    "and OpenSSH's own defaults."
)

Copy = Callable[[Path, Path], object]
"""(what, to where): copy it through the relay."""


def measure() -> tuple[Row, ...]:
    """Take turns over the same file and the same relay."""
    with Relay(None) as relay, tempfile.TemporaryDirectory(prefix="bistand-bench-") as name:
        return _measure(relay, Path(name))


def _measure(relay: Relay, folder: Path) -> tuple[Row, ...]:
    shared = folder / "shared"
    shared.mkdir()
    source = shared / "source"
    source.write_bytes(os.urandom(_BYTES))
    ours, theirs = _Copies(source), _Copies(source)
    with peer(relay, folder) as other, _Sftp(other) as program, hosted(relay, folder, files(shared)) as host:
        session = host.join()
        for _ in range(_ROUNDS + 1):
            theirs.time("get", lambda what, to: program.do(f"get {what} {to}"), folder / "fetched")
            ours.time("get", lambda what, to: session.get(str(what), to), folder / "fetched")
            theirs.time("put", lambda what, to: program.do(f"put {what} {to}"), shared / "sent")
            ours.time("put", lambda what, to: session.put(what, str(to)), shared / "sent")
        session.end()
    return tuple(
        at_least(f"sftp_{verb}", ours.rate(verb), theirs.rate(verb), "MB/s", 1.0, _NOTE.format(disk=disk))
        for verb, disk in (("get", "waited for until it is on the disk, "), ("put", ""))
    )


class _Copies:
    """How fast the copies of one file were made, by verb."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._wanted = _checksum(source)
        self._seconds: dict[str, list[float]] = {"get": [], "put": []}

    def time(self, verb: str, copy: Copy, target: Path) -> None:
        """Make one, look whether it is whole, and throw it away."""
        began = time.perf_counter()
        copy(self._source, target)
        self._seconds[verb].append(time.perf_counter() - began)
        if _checksum(target) != self._wanted:
            raise CannotMeasureError(f"what {verb} copied is not what it should be")
        target.unlink()

    def rate(self, verb: str) -> float:
        """MB a second, the median; the first one does not count."""
        return _BYTES / 1_000_000 / statistics.median(self._seconds[verb][1:])


class _Sftp:
    """OpenSSH's `sftp`, logged in: it does one command after the other."""

    def __init__(self, other: Peer) -> None:
        self._command = other.sftp

    def __enter__(self) -> "_Sftp":
        self._program = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.do("")
        return self

    def __exit__(self, *_: object) -> None:
        self._program.communicate(b"quit\n", timeout=_PATIENCE)

    def do(self, command: str) -> None:
        """Do this, and return when it is done: when the answer to a further command has come."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{command}\npwd\n".encode())
        for line in self._program.stdout:
            if line.startswith(b"Remote working directory"):
                return
        raise CannotMeasureError("OpenSSH's sftp ended")


def _checksum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
