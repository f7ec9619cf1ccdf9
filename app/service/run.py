"""Runs the service: binds first, tells its URL once requests are answered, and stops without cutting anybody off."""

import errno
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from app.service.context import Service
from app.service.errors import CannotListenError, ExposedError, PortInUseError, ServiceError
from app.service.protocol import ServiceProtocol
from app.system.garbage import collect_seldom

_GRACE_SECONDS = 5
_STARTUP_SECONDS = 20
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Tls:
    """A certificate chain and its key, PEM files."""

    certificate: Path
    key: Path


def serve(
    app: FastAPI,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    *,
    tls: Tls | None = None,
    behind_proxy: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM (in the main thread). `on_ready` is told the URL once requests are answered.

    Port 0 finds a free one. Raises `ExposedError`, `PortInUseError` or `CannotListenError` before anything starts.
    """
    server = _server(app, (host, port), on_ready, tls, behind_proxy)
    collect_seldom()
    server.serve_until_stopped()


class RunningService:
    """The service in a thread of its own, for a program that does more than serve. A service object."""

    def __init__(self, app: FastAPI, host: str = "127.0.0.1", port: int = 0, *, behind_proxy: bool = False) -> None:
        self._app = app
        self._behind_proxy = behind_proxy
        self._at = (host, port)
        self._ready = threading.Event()
        self._url = ""
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen, and return the URL once requests are answered. Raises as `serve` does."""
        self._server = _server(self._app, self._at, self._set_ready, None, self._behind_proxy)
        self._thread = threading.Thread(target=self._server.serve_until_stopped, name="service", daemon=True)
        self._thread.start()
        if not self._ready.wait(_STARTUP_SECONDS):
            self.close()
            raise CannotListenError(*self._at, "the service did not come up; its log says why")
        return self._url

    def close(self) -> None:
        """Stop: what waits is answered at once, what is under way ends. Returns once the thread is gone."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(_GRACE_SECONDS * 2)

    def _set_ready(self, url: str) -> None:
        self._url = url
        self._ready.set()


class _Server(uvicorn.Server):
    """uvicorn with our own way of starting and stopping."""

    def __init__(
        self,
        app: FastAPI,
        listener: socket.socket,
        on_ready: Callable[[str], None],
        tls: Tls | None,
        behind_proxy: bool,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=ServiceProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=behind_proxy,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
            lifespan="on",
            ws="none",
        )
        super().__init__(config)
        self._service: Service = app.state.service
        self._listener = listener
        self._on_ready = on_ready

    def serve_until_stopped(self) -> None:
        """Serve in this thread."""
        try:
            self.run(sockets=[self._listener])
        finally:
            self._listener.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell the URL."""
        await super().startup(sockets)
        if self.started:
            host, port = self._listener.getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            self._on_ready(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. Those who wait for news are answered at once, or they would hold it up."""
        self._service.notifier.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the usual signals and return, where uvicorn would raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _server(
    app: FastAPI, at: tuple[str, int], on_ready: Callable[[str], None], tls: Tls | None, behind_proxy: bool
) -> _Server:
    """A server that is bound already. Where that fails, the app's database is let go of."""
    try:
        return _Server(app, _bound(*at, tls, behind_proxy), on_ready, tls, behind_proxy)
    except ServiceError:
        app.state.service.database.close()
        raise


def _bound(host: str, port: int, tls: Tls | None, behind_proxy: bool) -> socket.socket:
    """A socket that listens there. Raises as `serve` tells."""
    if not 0 <= port <= _LAST_PORT:
        raise CannotListenError(host, port, f"a port lies between 0 and {_LAST_PORT}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise CannotListenError(host, port, str(error)) from error
    if not (tls or behind_proxy or ipaddress.ip_address(address[0]).is_loopback):
        raise ExposedError(host)
    # The protocol is named: asyncio sends without delay only where it sees TCP, and each answer would wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(host, port) from error
        raise CannotListenError(host, port, error.strerror or str(error)) from error
    return listener
