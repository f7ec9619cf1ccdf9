"""Ports at the relay: free ones for its doors, and one for each session's forward."""

import errno
import secrets
import socket
from collections.abc import Container

from app.remote.errors import RelayError

# Below the range from which systems take ports by themselves, above those of known services.
_FIRST, _LAST = 20_000, 31_999


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
    """Hands out ports on 127.0.0.1, each once before any comes again.

    A port that a dead connection still holds is thus left to rest: a reconnect gets a new one. It begins at a random
    place, so that two relays on one machine rarely meet.
    """

    def __init__(self, first: int = _FIRST, last: int = _LAST) -> None:
        self._first = first
        self._count = last - first + 1
        self._next = secrets.randbelow(self._count)

    def take(self, in_use: Container[int]) -> int:
        """The next port that is free and not `in_use`. Raises `RelayError` where there is none."""
        for _ in range(self._count):
            port = self._first + self._next
            self._next = (self._next + 1) % self._count
            if port not in in_use and is_free("127.0.0.1", port):
                return port
        raise RelayError("The relay has no free port left. Start one more: `bistand relay`.")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
