"""Stands before every route: whoever has no token gets nowhere, and nobody sends more than the limits."""

import asyncio
import hmac
import logging
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.people import Role
from app.service.bodies import Body
from app.service.context import Service, take
from app.service.database import Database
from app.service.problems import Problem, answer, failed, forbidden, no_database, stopping, too_large, unauthorised
from app.service.tokens import LONGEST_TOKEN, Caller, find_callers, hash_token

_log = logging.getLogger(__name__)

OPEN = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/provider"),
    ("GET", "/v1/openapi.json"),
    ("POST", "/v1/enrol"),
    ("POST", "/v1/customers"),
    ("POST", "/v1/relays/enrol"),
}
"""What is answered without a token."""
_NUMBERS = "/metrics"  # has a token of its own, and no device's token opens it
_RELAYS_OWN = "/v1/relays/"


class Guard:
    """ASGI middleware. A route that is added later is closed until it is named in `OPEN`."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass with its caller known and its body bounded, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        sending = _Sending(send)
        try:
            with self._service.live.counted():
                caller = await self._check(scope)
                await self._pass(caller, scope, receive, sending)
        except Problem as problem:
            await answer(problem)(scope, receive, send)
        except asyncio.CancelledError:
            if not self._service.notifier.is_closed or sending.has_begun:
                raise
            await answer(stopping())(scope, receive, send)  # it took longer than a stop may wait
        except Exception as error:
            if sending.has_begun:
                raise
            await failed(scope, error)(scope, receive, send)  # told and logged once: the framework would do it again

    async def _pass(self, caller: Caller | None, scope: Scope, receive: Receive, sending: "_Sending") -> None:
        settings = self._service.settings

        def pay(size: int) -> None:
            if caller is not None and size:
                take(self._service.bytes, caller.token_hash, size)

        body = Body(receive, limit=self._limit(scope), patience=settings.body_patience, pay=pay)
        with self._while_known(caller, sending):
            await self._app(scope, body.receive, sending.send)

    @contextmanager
    def _while_known(self, caller: Caller | None, sending: "_Sending") -> Iterator[None]:
        """Until it is done, or its token opens nothing any more: then the answer says so, or breaks off."""
        if caller is None:
            yield
            return
        with self._service.live.of(caller) as lasting:
            yield
        if lasting.cancelled_caught and not sending.has_begun:
            raise unauthorised()

    async def _check(self, scope: Scope) -> Caller | None:
        if scope["type"] != "http":
            raise unauthorised()
        headers = Headers(scope=scope)
        caller = await self._known(scope, headers)
        length = headers.get("content-length", "")
        limit = self._limit(scope)
        if length.isdecimal() and (len(length) > 15 or int(length) > limit):
            raise too_large("The request", limit)
        return caller

    async def _known(self, scope: Scope, headers: Headers) -> Caller | None:
        """Who asks; None where nobody needs to be known."""
        if (scope["method"], scope["path"]) in OPEN:
            return None
        if scope["path"] == _NUMBERS:
            self._require_numbers_token(headers)
            return None
        caller = scope["caller"] = await self._caller(headers)
        if caller.author.role is Role.RELAY and not scope["path"].startswith(_RELAYS_OWN):
            raise forbidden("A relay can do nothing here.")
        take(self._service.requests, caller.token_hash)
        return caller

    async def _caller(self, headers: Headers) -> Caller:
        try:
            caller = await self._service.callers.ask(hash_token(_token(headers)))
        except (OperationalError, PoolTimeout) as error:
            _log.error("the database does not answer", exc_info=error)
            raise no_database() from error
        if caller is None:
            raise unauthorised()
        return caller

    def _require_numbers_token(self, headers: Headers) -> None:
        expected = self._service.settings.metrics_token_hash
        if expected is None or not hmac.compare_digest(hash_token(_token(headers)), expected):
            raise unauthorised("This needs the token that `bistand serve --metrics-token` was given.")

    def _limit(self, scope: MutableMapping[str, Any]) -> int:
        settings = self._service.settings
        return settings.max_blob if scope["path"].startswith("/v1/blobs/") else settings.max_body


class _Sending:
    """The way to the client, and whether an answer has begun on it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """Pass it on."""
        self.has_begun = True
        await self._send(message)


def callers(database: Database, token_hashes: Sequence[str]) -> list[Caller | None]:
    """Whose tokens these are, for all who come at the same moment. Blocking."""
    with database.read() as connection:
        found = find_callers(connection, set(token_hashes))
    return [found.get(each) for each in token_hashes]


def _token(headers: Headers) -> str:
    """The token that came. Raises a 401 problem where there is none."""
    scheme, _, untrusted_token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(untrusted_token) <= LONGEST_TOKEN:
        raise unauthorised()
    return untrusted_token
