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
        self._lock = threading.Lock()
        self._sleepers: list[threading.Lock] = []  # each held by one who waits in `_sleep`, until there is news
        self._flag: Flag | None = None
        self._ended = False

    def set_event(self, event: Flag) -> None:
        """Set `event` whenever a read would not wait."""
        with self._lock:
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
        with self._lock:
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
            sleepers = self._all_sleepers()
        _wake(sleepers)

    def read_ready(self) -> bool:
        """Whether there is something to read."""
        return self._size > 0

    def read(self, nbytes: int, timeout: float | None = None) -> bytes:
        """At most `nbytes`; nothing once it was closed and emptied. Raises `PipeTimeout` after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            with self._lock:
                if self._size or self._ended:
                    taken = self._take(nbytes)
                    if not self._size and self._flag is not None and not self._ended:
                        self._flag.clear()
                    return taken
                news = self._new_sleeper()
            self._sleep(news, deadline)

    def empty(self) -> bytes:
        """All there is, at once."""
        with self._lock:
            taken = self._take(self._size)
            if self._flag is not None and not self._ended:
                self._flag.clear()
            return taken

    def close(self) -> None:
        """Nothing more will come."""
        with self._lock:
            self._ended = True
            if self._flag is not None:
                self._flag.set()
            sleepers = self._all_sleepers()
        _wake(sleepers)

    def __len__(self) -> int:
        return self._size

    def _new_sleeper(self) -> threading.Lock:
        """What the caller waits on next. Holds the lock.

        A `threading.Condition` does the same, in so much Python that each keystroke was seen to wait for it.
        """
        news = threading.Lock()
        news.acquire()
        self._sleepers.append(news)
        return news

    def _all_sleepers(self) -> list[threading.Lock]:
        """Whom to wake: once the lock is free, so that they need not wait again. Holds the lock."""
        sleepers, self._sleepers = self._sleepers, []
        return sleepers

    def _sleep(self, news: threading.Lock, deadline: float | None) -> None:
        """Until something came or it was closed. Raises `PipeTimeout` at the deadline."""
        if deadline is None:
            news.acquire()
            return
        if not news.acquire(timeout=max(0.0, deadline - time.monotonic())):
            with self._lock:
                if news in self._sleepers:
                    self._sleepers.remove(news)
                    raise PipeTimeout

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


def _wake(sleepers: list[threading.Lock]) -> None:
    for news in sleepers:
        news.release()


def hold_to_window(channel: Channel, window: int) -> None:
    """Give a channel that has received nothing yet buffers that enforce its window (bytes)."""
    data, errors = ReceiveBuffer(window), ReceiveBuffer(window)
    data.beside, errors.beside = errors, data
    channel.in_buffer = data  # type: ignore[assignment]  # it only needs to look the same
    channel.in_stderr_buffer = errors  # type: ignore[assignment]
