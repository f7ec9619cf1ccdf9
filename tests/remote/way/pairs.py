"""Two ways that belong together, and carriers between them that can be cut."""

import socket
import threading
from contextlib import suppress

from app.remote.way.way import Way


class Cable:
    """One end of a carrier. Hanging up shuts the socket down, and leaves its number to no other until all is over:
    a thread that still reads from it would read what is somebody else's."""

    def __init__(self, end: socket.socket) -> None:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
        self.end = end
        self.settimeout, self.recv, self.send = end.settimeout, end.recv, end.send

    def close(self) -> None:
        """Hang up; what was under way is gone."""
        with suppress(OSError):
            self.end.shutdown(socket.SHUT_RDWR)


class Pair:
    """Both ends of one way. `connect` gives them a carrier, `cut` takes it away, whatever is on it."""

    def __init__(self, lost_seconds: float = 20.0) -> None:
        self.rested = threading.Event()
        self.one = Way("one", on_rest=self.rested.set, lost_seconds=lost_seconds)
        self.other = Way("other", lost_seconds=lost_seconds)
        self._cables: list[Cable] = []

    def connect(self) -> None:
        """As the two ends do it: both give up the old carrier before they say what they have heard."""
        heard = self.one.detach(), self.other.detach()
        ends = [Cable(end) for end in socket.socketpair()]
        self._cables += ends
        for way, carrier, known in zip((self.one, self.other), ends, reversed(heard), strict=True):
            threading.Thread(target=way.carry, args=(carrier, known)).start()
            assert way.wait_until_carried(5.0)

    def cut(self) -> None:
        """The carrier breaks: what was under way on it is gone."""
        for cable in self._cables[-2:]:
            cable.close()

    def close(self) -> None:
        """End both, and wait for their threads."""
        for way in (self.one, self.other):
            way.close()
            way.join(5.0)
        for cable in self._cables:
            cable.end.close()
