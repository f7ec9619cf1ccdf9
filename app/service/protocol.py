"""HTTP/1.1 as uvicorn speaks it, with errors as problem details, bounded heads, and an end to waiting for a request."""

import asyncio
import json
import sys
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.service.problems import MEDIA_TYPE, NAMES, Problem, not_http, record_of, too_slow

HEAD_SECONDS = 30.0
"""How long a request's first line and headers may take."""
_LONGEST_HEAD = 32 * 1024
"""How many bytes they may have. What comes in one piece is read whole, and then refused."""


class _HeadError(ValueError):
    """The first line and headers are nothing that can be answered. `status` says what is wrong with them."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ServiceProtocol(HttpToolsProtocol):
    """One connection."""

    _waiting: asyncio.TimerHandle | None = None
    _in_head = False
    _is_between = True  # before the first byte of a request
    _came = 0  # of a head, in all
    _told = 0  # of it, as far as it was understood

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected: a request is due."""
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._stop_expecting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        counts = self._in_head or self._is_between
        super().data_received(data)
        if self._in_head and counts:
            self._came += len(data)
            if self._came > _LONGEST_HEAD:
                self._refuse(not_http(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    def on_message_begin(self) -> None:
        """A request's first byte."""
        self._in_head, self._is_between = True, False
        self._came = self._told = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of its path."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: from here on the guard decides how much comes, and how fast."""
        self._in_head = False
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise _HeadError(HTTPStatus.BAD_REQUEST)
        self._stop_expecting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered: another request may come."""
        if not self.pipeline:
            self._expect_request()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP that can be answered otherwise. `msg` is uvicorn's own, for its log."""
        error = sys.exc_info()[1]
        ours = error.__context__ if error else None
        self._refuse(not_http(ours.status if isinstance(ours, _HeadError) else HTTPStatus.BAD_REQUEST))

    def _count(self, more: int) -> None:
        self._told += more
        if self._told > _LONGEST_HEAD:
            raise _HeadError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _expect_request(self) -> None:
        self._stop_expecting()
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_expecting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if self.cycle is None:
            self._refuse(too_slow())
        else:
            self.transport.close()  # it was answered once, and sends on without an end

    def _refuse(self, problem: Problem) -> None:
        """Answer with this, unless an answer has begun, and hang up."""
        if self.transport.is_closing():
            return
        cycle: RequestResponseCycle | None = self.cycle
        under_way = cycle if cycle is not None and not cycle.response_complete else None
        if under_way is None or not under_way.response_started:
            name = NAMES.get(problem.status_code) or HTTPStatus(problem.status_code).phrase
            body = json.dumps(record_of(problem)).encode()
            head = f"HTTP/1.1 {problem.status_code} {name}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            self.transport.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        if under_way is not None:
            under_way.disconnected = True
            under_way.message_event.set()
        self.transport.close()
