"""HTTP/1.1 as uvicorn speaks it, with errors as problem details, and with an end to waiting for a request."""

import asyncio
import json
import sys
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.service.problems import MEDIA_TYPE, NAMES, Problem, not_http, record_of, too_slow

HEAD_SECONDS = 30.0
"""How long a request's first line and headers may take."""


class ServiceProtocol(H11Protocol):
    """One connection."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected: a request is due."""
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._stop_expecting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Take in what came."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._stop_expecting()

    def on_response_complete(self) -> None:
        """It is answered: another request may come."""
        self._expect_request()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP that can be answered otherwise. `msg` is uvicorn's own, for its log."""
        error = sys.exc_info()[1]
        hint = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        self._refuse(not_http(hint))

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
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            name = NAMES.get(problem.status_code) or HTTPStatus(problem.status_code).phrase
            body = json.dumps(record_of(problem)).encode()
            headers = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body))), ("Connection", "close")]
            answer = h11.Response(status_code=problem.status_code, headers=headers, reason=name)
            for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
