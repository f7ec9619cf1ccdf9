"""Waits for signals and for other threads' news at once, so that neither is missed between two looks."""

import contextlib
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_NUDGE = b"\0"


class Wakeups:
    """Signals by number, or 0 for a nudge. A signal that comes just before the wait begins ends it just the same."""

    def __init__(self, reader: socket.socket, writer: socket.socket) -> None:
        self._reader = reader
        self._writer = writer

    def nudge(self) -> None:
        """End the wait. Any thread."""
        with contextlib.suppress(OSError):  # full, so that it is nudged already; or closed, so that nobody waits
            self._writer.send(_NUDGE)

    def wait(self, seconds: float) -> tuple[int, ...]:
        """What came, in its order; nothing once the time is over. The main thread only."""
        ready, _, _ = select.select([self._reader], [], [], max(0.0, seconds))
        return tuple(self._reader.recv(4096)) if ready else ()


@contextmanager
def wakeups(*signals: int) -> Iterator[Wakeups]:
    """While this lasts, these signals are told by `wait` and do nothing else. The main thread only."""
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.setblocking(False)
        writer.setblocking(False)
        fd = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, lambda *_: None) for number in signals}
        try:
            yield Wakeups(reader, writer)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(fd)
