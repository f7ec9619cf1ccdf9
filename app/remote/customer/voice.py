"""The hosting process's voice towards the app: messages in order, sent by one thread, never holding up the session.

What the app shows of the terminal is a copy: when the app is too slow for a flood, parts of the copy are
left out and it says so. Everything else is always sent.
"""

import base64
import contextlib
import queue
import threading
import time
from collections import deque
from typing import BinaryIO

from app.remote.customer import control

_MOST_WAITING = 64
_MOST_SHOWN = 2 * 1024 * 1024  # bytes a second: nobody reads faster, and the session needs the processor
_MOST_AT_ONCE = 64 * 1024  # bytes of output in one message, so that a flood is not copied in a piece
_MOMENT = 0.03  # seconds; nobody sees that the copy comes this much later
LEFT_OUT = b"\r\n[...]\r\n"


class Voice:
    """Sends messages to the app. `say` and `show` may be called from any thread and do not wait."""

    def __init__(self, outgoing: BinaryIO) -> None:
        self._outgoing = outgoing
        self._waiting: queue.SimpleQueue[control.FromHost | bytes | None] = queue.SimpleQueue()
        self._shown = threading.BoundedSemaphore(_MOST_WAITING)
        self._skipped = False
        self._second = 0
        self._shown_now = 0
        self._ahead: deque[control.FromHost | None] = deque()  # taken from those that wait, and not sent yet
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, message: control.FromHost) -> None:
        """Send this."""
        self._waiting.put(message)

    def show(self, data: bytes) -> None:
        """Send terminal output, unless too much of it waits already."""
        if not self._has_room(len(data)) or not self._shown.acquire(blocking=False):
            self._skipped = True
            return
        if self._skipped:
            self._skipped = False
            data = LEFT_OUT + data
        self._waiting.put(data)

    def _has_room(self, size: int) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._shown_now = second, 0
        self._shown_now += size
        return self._shown_now <= _MOST_SHOWN

    def close(self) -> None:
        """Send what waits, for a second at most, and end."""
        self._waiting.put(None)
        self._thread.join(1.0)

    def _run(self) -> None:
        while (message := self._next()) is not None:
            if isinstance(message, bytes):
                message = control.Shown(data=base64.b64encode(self._gather(message)).decode())
            with contextlib.suppress(OSError, ValueError):  # the app is gone: its end of the pipe is noticed elsewhere
                control.write(self._outgoing, message)

    def _next(self) -> control.FromHost | bytes | None:
        return self._ahead.popleft() if self._ahead else self._waiting.get()

    def _gather(self, data: bytes) -> bytes:
        """This output and what follows it within a moment: to copy each key's echo by itself would hold up the next."""
        parts, size, until = [data], len(data), time.monotonic() + _MOMENT
        self._shown.release()
        with contextlib.suppress(queue.Empty):
            while size < _MOST_AT_ONCE:
                message = self._waiting.get(timeout=max(0.0, until - time.monotonic()))
                if not isinstance(message, bytes):
                    self._ahead.append(message)
                    break
                self._shown.release()
                parts.append(message)
                size += len(message)
        return b"".join(parts)
