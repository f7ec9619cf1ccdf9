"""The question that a thousand desks ask at the same moment, answered past the web framework, which would take longest.

Only what is just as every device asks it goes this way; anything else takes the framework's, with the same answer.
"""

import logging
import re
from urllib.parse import unquote_to_bytes

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Receive, Scope, Send

from app.service.context import LONGEST_WAIT, Service
from app.service.events import news
from app.service.problems import no_database
from app.service.templates import routes_of

_log = logging.getLogger(__name__)
_PATH = "/v1/events"
_ASKED = re.compile(rb"wait=([0-9]{1,2})(?:&after=((?:[0-9a-f]|%3A|:){32,80}))?", re.ASCII)
"""As `app/sync/client.py` writes it."""


class Shortcut:
    """ASGI middleware, innermost: the guard has let the request in."""

    def __init__(self, app: ASGIApp, service: Service, web: FastAPI) -> None:
        self._app = app
        self._service = service
        self._route = next(
            route for route, path, methods in routes_of(web) if path == _PATH and "GET" in methods
        )  # by which the request is counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it here, or let it pass."""
        asked = self._asked(scope)
        if asked is None:
            await self._app(scope, receive, send)
            return
        after, wait = asked
        scope["route"] = self._route
        try:
            page = await news(self._service, scope["caller"], after, wait)
        except (OperationalError, PoolTimeout) as error:
            _log.error("the database does not answer", exc_info=error)
            raise no_database() from error
        length = (b"content-length", str(len(page)).encode())
        headers = [length, (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": page})

    def _asked(self, scope: Scope) -> tuple[str | None, int] | None:
        """After what, and for how long to wait at most."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != _PATH:
            return None
        match = _ASKED.fullmatch(scope["query_string"])
        if match is None or int(match[1]) > LONGEST_WAIT:
            return None
        return (unquote_to_bytes(match[2]).decode() if match[2] else None), int(match[1])
