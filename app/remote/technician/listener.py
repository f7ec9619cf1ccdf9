"""A port of this computer's own (127.0.0.1) at which programs of the same user are taken in, a few at a time."""

import contextlib
import logging
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from app.remote.errors import ListenError

_log = logging.getLogger(__name__)

_ADDRESS = "127.0.0.1"
_BACKLOG = 32
_TICK = 0.2
_JOIN_SECONDS = 2.0
_CONNECTIONS = Path("/proc/net/tcp")


class Listener:
    """A service object. `serve` gets each connection, on a thread of its own, and may keep that as long as it likes.

    `port` 0 picks a free one. `room` is how many may be served at once; further ones wait until there is room again.
    Other users of this computer are hung up on. Raises `ListenError` where the port cannot be had.
    """

    def __init__(
        self, port: int, serve: Callable[[socket.socket], None], *, room: threading.Semaphore, name: str
    ) -> None:
        self._serve = serve
        self._room = room
        self._name = name
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._open: dict[socket.socket, threading.Thread] = {}
        try:
            self._socket = socket.create_server((_ADDRESS, port), backlog=_BACKLOG)
        except OSError as error:
            raise ListenError(port, error.strerror or str(error)) from error
        self._socket.settimeout(_TICK)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name=f"{name}, port {self.port}", daemon=True)

    def start(self) -> None:
        """Begin to take connections in."""
        self._thread.start()

    def close(self) -> None:
        """Take nobody in any more, cut everyone off, and wait for the threads. Idempotent, any thread."""
        self._closed.set()
        self._socket.close()
        with self._lock:
            serving = dict(self._open)
        for connection in serving:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in (self._thread, *serving.values()):
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        while not self._closed.is_set():
            if not self._room.acquire(timeout=_TICK):
                continue
            connection = self._next()
            if connection is None:
                self._room.release()
            else:
                self._begin(connection)

    def _next(self) -> socket.socket | None:
        """Who comes next, or None after a while."""
        try:
            connection, peer = self._socket.accept()
        except OSError:  # nobody in time, or closed
            return None
        connection.settimeout(None)
        if not is_same_user(peer, self.port):
            _log.warning("Another user of this computer came to port %d, and was hung up on.", self.port)
            connection.close()
            return None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _begin(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._attend, args=(connection,), name=self._name, daemon=True)
        with self._lock:
            self._open[connection] = thread
        thread.start()

    def _attend(self, connection: socket.socket) -> None:
        try:
            with connection:
                if not self._closed.is_set():
                    self._serve(connection)
        except OSError as error:
            _log.debug("A connection of %s ended: %s", self._name, error)
        finally:
            with self._lock:
                self._open.pop(connection, None)
            self._room.release()


def is_same_user(peer: tuple[str, int], port: int) -> bool:
    """Whether the program at `peer`, which connected to our `port`, is this user's or root's.

    Only Linux tells; elsewhere everybody on this computer is let in, as they are to the forwards of OpenSSH.
    """
    if sys.platform != "linux":
        return True
    import os

    theirs, ours = f"0100007F:{peer[1]:04X}", f"0100007F:{port:04X}"
    try:
        rows = [line.split() for line in _CONNECTIONS.read_text().splitlines()[1:]]
    except OSError:
        return True
    users = [int(row[7]) for row in rows if row[1] == theirs and row[2] == ours]
    return bool(users) and users[0] in (0, os.getuid())
