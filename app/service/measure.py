"""Counts every request and its answer, and writes a line of each to the log where that is wanted."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.service.metrics import Metrics
from app.service.templates import template_of

_log = logging.getLogger(__name__)


class Measure:
    """ASGI middleware, outermost: what the guard turns away is counted, too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, and count what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0  # none: the client has gone

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, note)
        except Exception:
            status = status or 500
            raise
        finally:
            seconds, route = time.perf_counter() - began, template_of(scope)
            self._metrics.count_request(scope["method"], route, status, seconds)
            if _log.isEnabledFor(logging.INFO):
                _log.info("request", extra={"facts": _facts(scope["method"], route, status, seconds)})


def _facts(method: str, route: str, status: int, seconds: float) -> dict[str, str | int | float]:
    """What the log may hold of a request: neither its address nor anything that was in it."""
    return {"method": method[:10], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
