"""Ports for programs that must be told one, and ports at which nothing answers.

Neither may be handed to another program meanwhile: tests run side by side, and the system gives ports away.
"""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

_OWN = range(12_000, 19_000)
"""Neither the system gives these to whoever asks for any port, nor a relay to its customers."""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody has, and that nobody is given."""
    while True:
        port = random.SystemRandom().choice(_OWN)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def refusing_port() -> Iterator[int]:
    """A port on 127.0.0.1 at which nobody listens as long as this lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])
