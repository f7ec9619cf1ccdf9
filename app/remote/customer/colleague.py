"""A colleague in the session: sees what the terminal shows, and types into it where the customer allowed that."""

import contextlib
import queue
import threading
from collections.abc import Callable

import paramiko

_MOST_WAITING = 256
_CHUNK = 16 * 1024
_LEFT_OUT = b"\r\n[...]\r\n"
_BROKEN = (OSError, EOFError, paramiko.SSHException)


class Watching:
    """One colleague's channel. `show` may be called from any thread and does not wait: who is too slow misses parts.

    `on_typed` gets what they type, on a thread of this object's own.
    """

    def __init__(self, channel: paramiko.Channel, on_typed: Callable[[bytes], None]) -> None:
        self._channel = channel
        self._on_typed = on_typed
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._skipped = False

    @property
    def is_over(self) -> bool:
        """Whether they have gone."""
        return self._channel.closed

    def start(self) -> None:
        """Begin, on threads of its own."""
        threading.Thread(target=self._send, name="colleague out", daemon=True).start()
        threading.Thread(target=self._read, name="colleague in", daemon=True).start()

    def show(self, data: bytes) -> None:
        """Let them see this, which was recorded already."""
        try:
            self._waiting.put_nowait(_LEFT_OUT + data if self._skipped else data)
            self._skipped = False
        except queue.Full:
            self._skipped = True

    def _send(self) -> None:
        with contextlib.suppress(*_BROKEN):
            while (data := self._waiting.get()) is not None:
                self._channel.sendall(data)

    def _read(self) -> None:
        with contextlib.suppress(*_BROKEN):
            while data := self._channel.recv(_CHUNK):
                self._on_typed(data)
        with contextlib.suppress(*_BROKEN):
            self._channel.close()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
