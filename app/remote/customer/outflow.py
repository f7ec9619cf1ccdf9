"""The last step of output towards the technician: what is large goes on a thread of its own.

So the next piece is recorded while the one before is encrypted and sent. What is small, like the echo of a
keystroke, goes at once.
"""

import queue
import threading
from collections.abc import Callable

import paramiko

_LARGE = 16 * 1024
_MOST_WAITING = 8
_TICK = 0.2


class Outflow:
    """Sends pieces in order. `put` and `finish` are for one thread; `stopping` ends it all from elsewhere."""

    def __init__(self, send: Callable[[bytes], int], stopping: threading.Event, name: str) -> None:
        self._send = send
        self._stopping = stopping
        self._name = name
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._broken = False

    def put(self, data: bytes) -> None:
        """Send this after all before it; waits while the far end takes nothing. Raises `EOFError` once it is gone."""
        if len(data) < _LARGE and self._waiting.unfinished_tasks == 0:
            self._send_all(data)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        while not self._broken and not self._stopping.is_set():
            try:
                self._waiting.put(data, timeout=_TICK)
                return
            except queue.Full:
                continue
        raise EOFError

    def finish(self) -> None:
        """Return once everything has been sent, or cannot be."""
        if self._thread is None:
            return
        while self._thread.is_alive():
            try:
                self._waiting.put(None, timeout=_TICK)
                break
            except queue.Full:
                continue
        self._thread.join()

    def _run(self) -> None:
        try:
            while (data := self._waiting.get()) is not None:
                self._send_all(data)
                self._waiting.task_done()
        except (OSError, EOFError, paramiko.SSHException):
            self._broken = True

    def _send_all(self, data: bytes) -> None:
        while data:
            sent = self._send(data)
            if sent == 0:
                raise EOFError
            data = data[sent:]
