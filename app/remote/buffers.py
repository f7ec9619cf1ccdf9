"""What has arrived on a channel and was not read yet: bounded, and without copying what stays.

paramiko keeps such bytes in one array and moves all of them at every read, which is slow with large
windows, and it does not hold the far end to the window that it was given. This one does both right.
"""

import threading
import time
from collections import deque
from typing import Protocol

from paramiko import Channel, SSHException
from paramiko.buffered_pipe import PipeTimeout

_CRUMBS = 1024
"""Bytes. Pieces are put together up to this size, for each one kept by itself takes dozens of bytes more."""


class Flag(Protocol):
    """What paramiko sets while there is something to read."""

    def set(self) -> object:
        """There is something."""

    def clear(self) -> object:
        """There is nothing."""


class ReceiveBuffer:
    """A first-in first-out of bytes between paramiko's thread and the reader. `limit` is in bytes.

    It has the methods of paramiko's `BufferedPipe`, whose place it takes.

    A far end that sends more than the limit, which is more than the window it was given, loses the connection. What
    waits in `beside` counts against the same limit: a channel has one window for its data and its errors.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.beside: ReceiveBuffer | None = None
        self._chunks: deque[bytes] = deque()
        self._start = 0  # how far into the first chunk the reader is
        self._size = 0
        self._ready = threading.Condition()
        self._flag: Flag | None = None
        self._ended = False

    def set_event(self, event: Flag) -> None:
        """Set `event` whenever a read would not wait."""
        with self._ready:
            self._flag = event
            if self._ended or self._size:
                event.set()
            else:
                event.clear()

    def feed(self, data: bytes | str) -> None:
        """Add what came. Raises `SSHException` when the far end ignores its window; called on paramiko's thread."""
        chunk = data.encode() if isinstance(data, str) else data
        if not chunk:
            return
        with self._ready:
            beside = 0 if self.beside is None else len(self.beside)
            if self._size + beside + len(chunk) > self._limit:
                raise SSHException("The other side sent more than it was allowed to.")
            if self._chunks and len(self._chunks[-1]) + len(chunk) <= _CRUMBS:
                self._chunks[-1] += chunk
            else:
                self._chunks.append(chunk)
            self._size += len(chunk)
            if self._flag is not None:
                self._flag.set()
            self._ready.notify_all()

    def read_ready(self) -> bool:
        """Whether there is something to read."""
        return self._size > 0

    def read(self, nbytes: int, timeout: float | None = None) -> bytes:
        """At most `nbytes`; nothing once it was closed and emptied. Raises `PipeTimeout` after `timeout` seconds."""
        with self._ready:
            if not self._size and not self._wait(timeout):
                return b""
            taken = self._take(nbytes)
            if not self._size and self._flag is not None and not self._ended:
                self._flag.clear()
            return taken

    def empty(self) -> bytes:
        """All there is, at once."""
        with self._ready:
            taken = self._take(self._size)
            if self._flag is not None and not self._ended:
                self._flag.clear()
            return taken

    def close(self) -> None:
        """Nothing more will come."""
        with self._ready:
            self._ended = True
            self._ready.notify_all()
            if self._flag is not None:
                self._flag.set()

    def __len__(self) -> int:
        return self._size

    def _wait(self, timeout: float | None) -> bool:
        if timeout == 0.0 and not self._ended:
            raise PipeTimeout
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._size and not self._ended:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise PipeTimeout
            self._ready.wait(left)
        return self._size > 0

    def _take(self, wanted: int) -> bytes:
        parts: list[bytes] = []
        while wanted > 0 and self._chunks:
            chunk = self._chunks[0]
            part = chunk[self._start : self._start + wanted]
            parts.append(part)
            wanted -= len(part)
            self._size -= len(part)
            self._start += len(part)
            if self._start == len(chunk):
                self._chunks.popleft()
                self._start = 0
        return parts[0] if len(parts) == 1 else b"".join(parts)


def hold_to_window(channel: Channel, window: int) -> None:
    """Give a channel that has received nothing yet buffers that enforce its window (bytes)."""
    data, errors = ReceiveBuffer(window), ReceiveBuffer(window)
    data.beside, errors.beside = errors, data
    channel.in_buffer = data  # type: ignore[assignment]  # it only needs to look the same
    channel.in_stderr_buffer = errors  # type: ignore[assignment]
