"""Stands before every route: whoever has no token gets nowhere, and nobody sends more than the limit."""

from collections.abc import MutableMapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.people import Role
from app.service.context import Service
from app.service.problems import Problem, answer, forbidden, too_large, unauthorised
from app.service.tokens import Caller, find_caller, hash_token

_OPEN = {
    ("GET", "/healthz"),
    ("GET", "/v1/provider"),
    ("GET", "/v1/openapi.json"),
    ("POST", "/v1/enrol"),
    ("POST", "/v1/customers"),
    ("POST", "/v1/relays/enrol"),
}
_RELAYS_OWN = "/v1/relays/"
_LONGEST_TOKEN = 200


class Guard:
    """ASGI middleware. A route that is added later is closed until it is named in `_OPEN`."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with its caller known and its body bounded, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            await self._check(scope)
        except Problem as problem:
            await answer(problem)(scope, receive, send)
            return
        await self._app(scope, _bounded(receive, self._limit(scope)), send)

    async def _check(self, scope: Scope) -> None:
        if scope["type"] != "http":
            raise unauthorised()
        headers = Headers(scope=scope)
        if (scope["method"], scope["path"]) not in _OPEN:
            caller = scope["caller"] = await self._caller(headers)
            if caller.author.role is Role.RELAY and not scope["path"].startswith(_RELAYS_OWN):
                raise forbidden("A relay can do nothing here.")
        length = headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 15 or int(length) > self._limit(scope)):
            raise too_large("The request")

    async def _caller(self, headers: Headers) -> Caller:
        scheme, _, untrusted_token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(untrusted_token) <= _LONGEST_TOKEN:
            raise unauthorised()
        caller = await run_in_threadpool(self._find, hash_token(untrusted_token))
        if caller is None:
            raise unauthorised()
        return caller

    def _find(self, token_hash: str) -> Caller | None:
        with self._service.database.read() as connection:
            return find_caller(connection, token_hash)

    def _limit(self, scope: MutableMapping[str, Any]) -> int:
        settings = self._service.settings
        return settings.max_blob if scope["path"].startswith("/v1/blobs/") else settings.max_body


def _bounded(receive: Receive, limit: int) -> Receive:
    """The same request, which turns into a problem once more than `limit` bytes of body have come."""
    left = limit

    async def count() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise too_large("The request")
        return message

    return count
