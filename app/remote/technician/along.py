"""What goes along with a session and ends with it: forwarded ports, and OpenSSH's own programs."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from paramiko import Ed25519Key

from app.remote.errors import ConnectionLostError, RemoteError
from app.remote.gate import to_port
from app.remote.technician.forward import MOST_CONNECTIONS, Forward, Reach
from app.remote.technician.tools import Tools
from app.remote.way.way import Way

_LONGEST_WHY = 200
_Service = TypeVar("_Service", Forward, Tools)
Told = Callable[[RemoteError], None]
"""Is told, on a thread of the service's own, of a connection that came to nothing."""


class Along:
    """Holds them. Any thread. `close` ends them all, and whatever is begun later ends at once.

    `reach` gives a channel to a granted port, `open_way` a further way to the customer, for whom both wait.
    """

    def __init__(self, key: Ed25519Key, customer_key: str, reach: Reach, open_way: Callable[[], Way]) -> None:
        self._key = key
        self._customer_key = customer_key
        self._reach = reach
        self._open_way = open_way
        self._room_for_ports = threading.Semaphore(MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._services: list[Forward | Tools] = []
        self._closed = False

    def forward(self, local_port: int, host: str, port: int, on_refused: Told) -> Forward:
        """Forward a port, started already. Raises `ListenError`, `ConnectionLostError`."""
        made = Forward(
            local_port, host, port, reach=self._reach, room=self._room_for_ports, on_refused=on_refused
        )  # fmt: skip
        return self._begin(made)

    def ssh_config(self, config: Path, names: tuple[str, ...], on_failed: Told) -> Tools:
        """Write an ssh_config that works. Raises `ConfigNotWrittenError`, `ListenError`, `ConnectionLostError`."""
        made = Tools(
            config,
            names,
            key=self._key,
            customer_key=self._customer_key,
            open_way=self._open_way,
            on_failed=on_failed,
        )
        return self._begin(made)

    def port_failed(self, untrusted_place: str, untrusted_why: str) -> None:
        """The customer's end noted that it could not connect to this `host:port`. Tells whose forward leads there."""
        with self._lock:
            forwards = [service for service in self._services if isinstance(service, Forward)]
        for forward in forwards:
            if to_port(forward.host, forward.to_port).lower() == untrusted_place.lower():
                forward.not_answered(untrusted_why[:_LONGEST_WHY])

    def close(self) -> None:
        """End them all. Idempotent."""
        with self._lock:
            self._closed = True
            services = tuple(self._services)
        for service in services:
            service.close()

    def _begin(self, service: _Service) -> _Service:
        """Start it; whoever ends the session meanwhile finds it in the list, or it finds the session ended."""
        try:
            service.start()
            with self._lock:
                if self._closed:
                    raise ConnectionLostError("The session is over.")
                self._services.append(service)
        except RemoteError:
            service.close()
            raise
        return service
