"""What goes wrong in a request, told as RFC 9457 problem details."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_log = logging.getLogger(__name__)
_NAMES = {460: "Checksum Mismatch"}
MEDIA_TYPE = "application/problem+json"


class Problem(HTTPException):
    """A request that cannot be fulfilled. `detail` is a sentence for people, `kind` a word for programs."""

    def __init__(
        self, status: int, detail: str, *, kind: str = "about:blank", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind


UNKNOWN_EPOCH = "unknown-epoch"
"""The kind of the problem that tells a device to read the log from its start."""


def unauthorised() -> Problem:
    """No token, or one that opens nothing."""
    headers = {"WWW-Authenticate": "Bearer"}
    return Problem(401, "This needs the token of an enrolled device.", kind="unauthorised", headers=headers)


def forbidden(sentence: str) -> Problem:
    """Known, and not allowed."""
    return Problem(403, sentence, kind="forbidden")


def missing(sentence: str) -> Problem:
    """Not there, or not for the one who asks: the two look the same."""
    return Problem(404, sentence, kind="missing")


def too_large(what: str) -> Problem:
    """Over a limit of size."""
    return Problem(413, f"{what} is too large.", kind="too-large")


def too_often(seconds: float) -> Problem:
    """Over a limit of rate. `seconds` is how long to wait."""
    wait = max(1, round(seconds))
    return Problem(429, f"Too many tries. Wait {wait} s.", kind="too-often", headers={"Retry-After": str(wait)})


def answer(problem: HTTPException) -> JSONResponse:
    """The problem as a response."""
    title = _NAMES.get(problem.status_code) or HTTPStatus(problem.status_code).phrase
    body = {
        "type": getattr(problem, "kind", "about:blank"),
        "title": title,
        "status": problem.status_code,
        "detail": problem.detail,
    }
    return JSONResponse(body, problem.status_code, problem.headers, media_type=MEDIA_TYPE)


def _bounded(untrusted_text: str) -> str:
    """What may hold a piece of the request: not too much of it, and only what can be written as UTF-8."""
    return untrusted_text[:300].encode(errors="replace").decode()


def tell_problems(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(HTTPException)
    async def _known(_: Request, error: HTTPException) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return answer(Problem(422, _bounded(f"{where}: {first['msg']}"), kind="malformed"))

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(Problem(500, "The service failed at this. It is written in its log.", kind="fault"))
