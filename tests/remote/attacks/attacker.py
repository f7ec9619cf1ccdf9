"""What an attacker holds: connections to the victim, in whichever state, and a way to look at what became of it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import paramiko
import psutil

from app.domain.consent import Grants
from app.remote.errors import ConnectionLostError
from app.remote.keys import new_key, public_text
from app.remote.seals import USER
from app.remote.transport import HardenedTransport, inner_transport, log_in

PATIENCE = 20.0
MIB = 1024 * 1024
_ROOT = Path(__file__).parents[3]


class Victim:
    """The process under attack. `key` is the technician's, whom alone it should let in."""

    def __init__(self, folder: Path, grants: Grants) -> None:
        self.key = new_key()
        self._path = str(folder / "door")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.remote.attacks.victim", self._path, public_text(self.key),
             grants.model_dump_json()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT,
        )  # fmt: skip
        self.host_key = self._line()
        self._begins = self.memory

    @property
    def memory(self) -> int:
        """What it holds in memory now, in bytes."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    @property
    def grown(self) -> float:
        """By how many MiB it has grown."""
        return (self.memory - self._begins) / MIB

    def facts(self) -> dict[str, Any]:
        """What came to pass so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("tell\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def at_rest(self) -> dict[str, Any]:
        """The facts once all connections have been dealt with; the last ones where that does not happen."""
        deadline = time.monotonic() + PATIENCE
        while (facts := self.facts())["threads"] != ["door"] and time.monotonic() < deadline:
            time.sleep(0.05)
        return facts

    def socket(self) -> socket.socket:
        """A fresh connection, nothing said yet."""
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(PATIENCE)
        sock.connect(self._path)
        return sock

    def stranger(self) -> HardenedTransport:
        """A connection with the keys exchanged, nobody logged in."""
        transport = inner_transport(self.socket(), "attacker", MIB)
        transport.start_client(timeout=PATIENCE)
        return transport

    def technician(self) -> HardenedTransport:
        """A connection of the technician's, logged in."""
        transport = inner_transport(self.socket(), "technician", MIB)
        log_in(transport, host_key=self.host_key, user=USER, key=self.key)
        return transport

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the victim is dead"
        return line.strip()


@contextmanager
def victim(folder: Path, grants: Grants | None = None) -> Iterator[Victim]:
    """A victim that has granted nothing, or `grants`."""
    attacked = Victim(folder, grants or Grants())
    try:
        yield attacked
    finally:
        attacked.close()


def hang_up(sock: socket.socket) -> None:
    """Say no more and wait for the other side to hang up too. Raises `TimeoutError` where it does not."""
    with suppress(ConnectionError, BrokenPipeError), sock:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass


def say(transport: HardenedTransport, *bodies: bytes) -> bool:
    """Send messages as they stand, the number first. False once the other side is gone."""
    for body in bodies:
        message = paramiko.Message()
        message.add_bytes(body)
        try:
            transport.packetizer.send_message(message)
        except (EOFError, OSError, paramiko.SSHException):
            return False
    return True


def leave(transport: HardenedTransport) -> None:
    """Say goodbye and see the other side hang up. Raises `TimeoutError` where it does not."""
    say(transport, b"\x01" + bytes(12))
    transport.join(PATIENCE)
    hung = transport.is_alive()
    transport.shut()
    if hung:
        raise TimeoutError("The other side did not hang up.")


def honest_visit(attacked: Victim) -> bool:
    """Whether the technician still comes in and gets an answer."""
    with suppress(ConnectionLostError):
        transport = attacked.technician()
        try:
            transport.open_session(timeout=PATIENCE)
            return True
        finally:
            leave(transport)
    return False
