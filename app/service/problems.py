"""What goes wrong in a request, told as RFC 9457 problem details."""

import errno
import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from app.service.engines import cannot_be_written
from app.service.errors import BlobStoreError, NoBlobError, NoRoomError
from app.service.templates import methods_at, template_of
from app.system.errors import HomeError

_log = logging.getLogger(__name__)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
NAMES = {460: "Checksum Mismatch"}
"""Titles of statuses that are not registered."""
MEDIA_TYPE = "application/problem+json"

_SCHEMA = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
_TOLD: dict[str, Any] = {
    "description": "A problem: `type` is a word for programs, `detail` a sentence for people.",
    "content": {MEDIA_TYPE: {"schema": _SCHEMA}},
}
PROBLEMS: dict[int | str, dict[str, Any]] = {422: _TOLD, "default": _TOLD}
"""How the service's own description tells of every error."""


class Problem(HTTPException):
    """A request that cannot be fulfilled. `detail` is a sentence for people, `kind` a word for programs."""

    def __init__(
        self, status: int, detail: str, *, kind: str = "about:blank", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind


UNKNOWN_EPOCH = "unknown-epoch"
"""The kind of the problem that tells a device to read the log from its start."""


def unauthorised(sentence: str = "This needs the token of an enrolled device.") -> Problem:
    """No token, or one that opens nothing."""
    return Problem(401, sentence, kind="unauthorised", headers={"WWW-Authenticate": "Bearer"})


def forbidden(sentence: str) -> Problem:
    """Known, and not allowed."""
    return Problem(403, sentence, kind="forbidden")


def missing(sentence: str) -> Problem:
    """Not there, or not for the one who asks: the two look the same."""
    return Problem(404, sentence, kind="missing")


def too_large(what: str, most: int | None = None) -> Problem:
    """Over a limit of size. `most` is in bytes."""
    limit = f": at most {most:,} bytes are taken at once" if most is not None else ""
    return Problem(413, f"{what} is too large{limit}.", kind="too-large")


def too_often(seconds: float) -> Problem:
    """Over a limit of rate. `seconds` is how long to wait."""
    wait = max(1, math.ceil(seconds))
    return Problem(429, f"Too many tries. Wait {wait} s.", kind="too-often", headers={"Retry-After": str(wait)})


def too_many_waiting(most: int) -> Problem:
    """One device waits for news too often at once."""
    sentence = f"This device waits for news {most} times already. End one of these requests first."
    return Problem(429, sentence, kind="too-many-waiting", headers={"Retry-After": "5"})


def too_slow() -> Problem:
    """What was begun did not come. The connection is of no more use."""
    sentence = "The request did not come in time. Send it again, in smaller pieces where the line is slow."
    return Problem(408, sentence, kind="too-slow", headers={"Connection": "close"})


def not_http(status: int) -> Problem:
    """What came cannot be read as HTTP. `status` says what is wrong with it."""
    sentence = "The headers are too long." if status == 431 else "This is no HTTP request that can be understood."
    return Problem(status, sentence, kind="not-http")


def busy() -> Problem:
    """As many requests are under way as the service takes."""
    sentence = "The service has its hands full. Try again in some seconds."
    return Problem(503, sentence, kind="busy", headers={"Retry-After": "5"})


def stopping() -> Problem:
    """The service stops."""
    sentence = "The service is being stopped. Try again in some seconds."
    return Problem(503, sentence, kind="stopping", headers={"Retry-After": "5"})


def quota_used_up(most: int) -> Problem:
    """One person has as many files here that no event names as they may. `most` is in bytes."""
    sentence = (
        f"The service holds nearly {most:,} bytes of this person's files that belong to no case yet, and takes no more "
        "until they do, or a week has passed. Nothing is lost: keep it, and try again later."
    )
    return Problem(507, sentence, kind="quota", headers={"Retry-After": "600"})


def no_store() -> Problem:
    """The place where files lie cannot be asked."""
    sentence = "The place where the service keeps files does not answer. Try again in some seconds."
    return Problem(503, sentence, kind="store", headers={"Retry-After": "5"})


def collected_meanwhile() -> Problem:
    """An upload was taken for one that never ends."""
    sentence = "What had come of this file is gone. Send it again from the start."
    return Problem(503, sentence, kind="collected", headers={"Retry-After": "1"})


def no_database() -> Problem:
    """The database cannot be asked."""
    sentence = "The service's database does not answer. Try again in some seconds."
    return Problem(503, sentence, kind="database", headers={"Retry-After": "5"})


def no_room() -> Problem:
    """What was to be kept cannot be written."""
    sentence = (
        "The service has no room to keep this: its disk is full, or cannot be written. Nothing is lost, and it can be "
        "tried again later. The service's owner must see to it."
    )
    return Problem(507, sentence, kind="no-room", headers={"Retry-After": "60"})


def record_of(problem: HTTPException) -> dict[str, str | int]:
    """The problem as it goes over the wire."""
    return {
        "type": getattr(problem, "kind", "about:blank"),
        "title": NAMES.get(problem.status_code) or HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": problem.detail,
    }


def answer(problem: HTTPException) -> JSONResponse:
    """The problem as a response."""
    return JSONResponse(record_of(problem), problem.status_code, problem.headers, media_type=MEDIA_TYPE)


def _bounded(untrusted_text: str) -> str:
    """What may hold a piece of the request: not too much of it, and only what can be written as UTF-8."""
    return untrusted_text[:300].encode(errors="replace").decode()


def _helpful(request: Request, error: HTTPException) -> Problem:
    """A problem of the framework's own in our words. `Allow` names all methods, not those of one route."""
    words = {
        400: ("The body cannot be read. JSON is expected.", "malformed"),
        404: ("There is nothing at this address. /v1/openapi.json tells what there is.", "missing"),
        405: ("This address is there, but not for this method. `Allow` tells for which.", "method"),
    }
    sentence, kind = words.get(error.status_code, (str(error.detail), "about:blank"))
    headers = {"Allow": ", ".join(methods_at(request.scope))} if error.status_code == 405 else error.headers
    return Problem(error.status_code, sentence, kind=kind, headers=headers)


def tell_problems(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(HTTPException)
    async def _known(request: Request, error: HTTPException) -> JSONResponse:
        return answer(error if isinstance(error, Problem) else _helpful(request, error))

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return answer(Problem(422, _bounded(f"{where}: {first['msg']}"), kind="malformed"))

    @app.exception_handler(ClientDisconnect)
    async def _gone(_: Request, __: ClientDisconnect) -> JSONResponse:
        return answer(Problem(400, "The connection ended before the request did.", kind="cut-short"))

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeout)
    async def _no_database(request: Request, error: SQLAlchemyError) -> JSONResponse:
        if cannot_be_written(error):
            return _no_room(request, error)
        _log.error("%s: the database does not answer", request.method, exc_info=error)
        return answer(no_database())

    _tell_of_files(app)


def _tell_of_files(app: FastAPI) -> None:
    """What can be wrong with a disk, or with the place where whole files lie."""

    @app.exception_handler(BlobStoreError)
    async def _no_store(request: Request, error: BlobStoreError) -> JSONResponse:
        _log.error("%s: %s", request.method, error, exc_info=error)
        return answer(no_store())

    @app.exception_handler(NoBlobError)
    async def _no_blob(request: Request, error: NoBlobError) -> JSONResponse:
        _log.error("%s: %s", request.method, error)
        return answer(missing("This file is missing where the service keeps files."))

    @app.exception_handler(NoRoomError)
    @app.exception_handler(OSError)
    @app.exception_handler(HomeError)
    async def _no_file(request: Request, error: Exception) -> JSONResponse:
        fault = error if isinstance(error, OSError) else error.__cause__
        is_room = isinstance(error, NoRoomError) or (isinstance(fault, OSError) and fault.errno in _NO_ROOM)
        return _no_room(request, error) if is_room else failed(request.scope, error)


def _no_room(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s: the disk is full, or cannot be written", request.method, exc_info=error)
    return answer(no_room())


def failed(scope: Scope, error: Exception) -> JSONResponse:
    """The answer where something failed that nobody foresaw. It goes to the log first."""
    _log.error("%s %s failed", scope["method"], template_of(scope), exc_info=error)
    return answer(Problem(500, "The service failed at this. It is written in its log.", kind="fault"))
