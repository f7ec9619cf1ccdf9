"""HTTP connections that can be cut from another thread, so that closing need not wait for a long poll's end."""

import contextlib
import socket
import threading
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, ProxyManager
from urllib3.connection import HTTPConnection

_POOL_SIZE = 16


class Connections:
    """All connections of one client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: WeakSet[HTTPConnection] = WeakSet()
        self._is_cut = False

    @property
    def is_cut(self) -> bool:
        """Whether nothing may be asked any more."""
        return self._is_cut

    def add(self, connection: HTTPConnection) -> None:
        """A connection was made. One that comes too late is cut at once."""
        with self._lock:
            self._open.add(connection)
            if self._is_cut:
                _cut(connection)

    def cut(self) -> None:
        """End them all, for good. Whoever waits on one gets a connection error."""
        with self._lock:
            self._is_cut = True
            for connection in list(self._open):
                _cut(connection)


class CuttableAdapter(HTTPAdapter):
    """A transport for requests whose connections are known to `connections`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        super().__init__(pool_maxsize=_POOL_SIZE)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """As requests does it, with our own kinds of connection."""
        super().init_poolmanager(*arguments, **options)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Likewise for a way through a proxy, of whichever kind the system's settings name."""
        known = proxy in self.proxy_manager
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        if not known:
            self._watch(manager)
        return manager

    def _watch(self, manager: PoolManager) -> None:
        kinds = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: _watched(pool, self._connections) for scheme, pool in kinds.items()}


def _watched(pool: Any, connections: Connections) -> Any:
    """The same kind of pool, whose connections make themselves known once they are there."""

    def connect(self: Any) -> None:
        pool.ConnectionCls.connect(self)
        connections.add(self)

    connection = type(pool.ConnectionCls.__name__, (pool.ConnectionCls,), {"connect": connect})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


def _cut(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
