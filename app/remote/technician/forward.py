"""A port of the customer's network on this computer: each connection goes through the session to where it was granted.

The customer's end asks its gate about every single connection, and notes it. What it refuses is hung up on here.
"""

import contextlib
import select
import socket
import threading
from collections.abc import Callable

import paramiko

from app.remote.errors import NotAnsweredError, RemoteError
from app.remote.technician.listener import Listener

_CHUNK = 128 * 1024
_TICK = 1.0
_BROKEN = (OSError, EOFError, paramiko.SSHException)

MOST_CONNECTIONS = 12
"""At once, in all forwards of a session together: the customer's end takes 16 channels, and other work needs some."""

Reach = Callable[[str, int, tuple[str, int]], paramiko.Channel]
"""(host, port, who connected) -> a channel to there, once the customer is reached. Raises the `RemoteError` tree."""


class Forward:
    """A service object: `start`, `close`. Listens on 127.0.0.1; `local_port` 0 picks a free one.

    `on_refused` is told, on a thread of this object's own, why a connection was hung up on. Connections survive it
    when the session's connection breaks and comes back. Raises `ListenError` where the port cannot be had.
    """

    def __init__(
        self,
        local_port: int,
        host: str,
        port: int,
        *,
        reach: Reach,
        room: threading.Semaphore,
        on_refused: Callable[[RemoteError], None],
    ) -> None:
        self.host = host
        self.to_port = port
        self._reach = reach
        self._on_refused = on_refused
        self._listener = Listener(local_port, self._serve, room=room, name="forward")

    @property
    def port(self) -> int:
        """The port on this computer."""
        return self._listener.port

    def start(self) -> None:
        """Begin."""
        self._listener.start()

    def close(self) -> None:
        """End it, and every connection that goes through it. Idempotent, any thread."""
        self._listener.close()

    def not_answered(self, why: str) -> None:
        """The customer's end could not connect to the port. Does not wait."""
        self._on_refused(NotAnsweredError(self.host, self.to_port, why))

    def _serve(self, local: socket.socket) -> None:
        try:
            channel = self._reach(self.host, self.to_port, local.getpeername())
        except RemoteError as error:
            self._on_refused(error)
            return
        outward = threading.Thread(target=_outward, args=(local, channel), name="forward out", daemon=True)
        outward.start()
        try:
            _inward(local, channel)
            outward.join()
        finally:
            with contextlib.suppress(*_BROKEN):
                channel.close()


def _outward(local: socket.socket, channel: paramiko.Channel) -> None:
    """From the program here to the customer's network; its end of file is handed on, and a break cuts both."""
    try:
        while not channel.closed:
            if select.select([local], [], [], _TICK)[0]:
                data = local.recv(_CHUNK)
                if not data:
                    channel.shutdown_write()
                    return
                channel.sendall(data)
    except (*_BROKEN, ValueError):
        with contextlib.suppress(*_BROKEN):
            channel.close()


def _inward(local: socket.socket, channel: paramiko.Channel) -> None:
    """The other way round."""
    with contextlib.suppress(*_BROKEN):
        while data := channel.recv(_CHUNK):
            try:
                local.sendall(data)
            except OSError:
                channel.close()
                break
    with contextlib.suppress(OSError):
        local.shutdown(socket.SHUT_RDWR if channel.closed else socket.SHUT_WR)
