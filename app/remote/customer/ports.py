"""A granted port: bytes between a technician's channel and one fixed address, as long as the grant holds."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import contextlib
import logging
import socket
import threading
from collections.abc import Callable

import paramiko

from app.domain.consent import PortGrant
from app.remote.customer.files import Note
from app.remote.errors import RemoteError
from app.remote.gate import to_port
from app.remote.transport import close_soon

_log = logging.getLogger(__name__)

_CONNECT_SECONDS = 10.0
_CHUNK = 128 * 1024
_BROKEN = (OSError, EOFError, paramiko.SSHException)


class Passage:
    """One connection through a granted port. `start` does not wait; `end` may come from any thread.

    `hold` waits while the customer pauses. Only the address that was pinned when the port was granted is connected to.
    """

    def __init__(
        self, channel: paramiko.Channel, grant: PortGrant, note: Note, hold: Callable[[threading.Event], None]
    ) -> None:
        self._channel = channel
        self._grant = grant
        self._note = note
        self._hold = hold
        self._over = threading.Event()
        self._socket: socket.socket | None = None
        self._sent = 0
        self._received = 0

    def start(self) -> None:
        """Connect, and carry bytes both ways, on threads of its own."""
        threading.Thread(target=self._run, name=f"port {self._grant.port}", daemon=True).start()

    def end(self) -> None:
        """Close both ends. Idempotent."""
        self._over.set()
        close_soon(self._channel)
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        name = to_port(self._grant.host, self._grant.port)
        try:
            with socket.create_connection((self._grant.address, self._grant.port), _CONNECT_SECONDS) as opened:
                opened.settimeout(None)
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._socket = opened
                if not self._over.is_set():
                    self._carry(opened)
        except OSError as error:
            _log.info("The port %s cannot be reached: %s", name, error)
            with contextlib.suppress(RemoteError):
                self._note("port_failed", name, why=error.strerror or str(error))
        else:
            with contextlib.suppress(RemoteError):
                self._note("port_closed", name, sent=self._sent, received=self._received)
        finally:
            self.end()

    def _carry(self, opened: socket.socket) -> None:
        inward = threading.Thread(target=self._inward, args=(opened,), name="port in", daemon=True)
        inward.start()
        with contextlib.suppress(*_BROKEN):
            while data := opened.recv(_CHUNK):
                self._hold(self._over)
                self._channel.sendall(data)
                self._received += len(data)
            self._channel.shutdown_write()
        inward.join()

    def _inward(self, opened: socket.socket) -> None:
        with contextlib.suppress(*_BROKEN):
            while data := self._channel.recv(_CHUNK):
                self._hold(self._over)
                if self._over.is_set():
                    break
                opened.sendall(data)
                self._sent += len(data)
        with contextlib.suppress(OSError):
            opened.shutdown(socket.SHUT_RD if self._over.is_set() else socket.SHUT_WR)
