"""Ports at the relay: free ones for its doors, and one for each session's forward."""

import errno
import secrets
import socket
import time
from collections.abc import Callable

from app.remote.errors import RelayError

# Below the range from which systems take ports by themselves, above those of known services.
_FIRST, _LAST = 20_000, 31_999

REST_SECONDS = 150.0
"""How long a port rests: a frozen peer's listener was seen to live for up to 120 s."""


def free_port(host: str) -> int:
    """A port that was free on this address just now."""
    with socket.socket(_family(host)) as trial:
        trial.bind((host, 0))
        return int(trial.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there now."""
    with socket.socket(_family(host)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
        return True


class ForwardPorts:
    """Hands out ports on 127.0.0.1, each once before any comes again, and none that another might still hold.

    A port in use is skipped, and one that was given back rests: the far end of a frozen connection may hold it, and a
    party may still believe it to be theirs. It begins at a random place, so that two relays on one machine rarely
    meet. Not for several threads at once. `now` is in seconds and never goes back.
    """

    def __init__(
        self,
        first: int = _FIRST,
        last: int = _LAST,
        *,
        rest_seconds: float = REST_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first = first
        self._count = last - first + 1
        self._next = secrets.randbelow(self._count)
        self._rest_seconds = rest_seconds
        self._now = now
        self._used: set[int] = set()
        self._resting: dict[int, float] = {}  # port, and when it was given back; the longest ago first

    def take(self) -> int:
        """The next port that is free and rested. It is used until it is given back. Raises `RelayError`."""
        self._end_rests()
        for _ in range(self._count):
            port = self._first + self._next
            self._next = (self._next + 1) % self._count
            if port not in self._used and port not in self._resting and is_free("127.0.0.1", port):
                self._used.add(port)
                return port
        raise RelayError("The relay has no free port left. Start one more: `bistand relay`.")

    def give_back(self, port: int) -> None:
        """Nobody is to use it any more: it rests from now on."""
        if port in self._used:
            self._used.remove(port)
            self._resting[port] = self._now()

    def _end_rests(self) -> None:
        rested = self._now() - self._rest_seconds
        for port, since in list(self._resting.items()):
            if since > rested:
                return
            del self._resting[port]


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
