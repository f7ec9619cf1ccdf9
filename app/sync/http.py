"""Requests to one service: https or loopback only, bounded waits, and every failure an error that helps."""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel
from requests.auth import AuthBase

from app.sync.connections import Connections, CuttableAdapter
from app.sync.errors import (
    AnotherLogError,
    InsecureServiceError,
    NoServiceError,
    NotEnrolledError,
    ServiceFaultError,
    ServiceRefusedError,
    TooOldError,
    UnauthorisedError,
)

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
"""How long an answer may take to begin, beyond what the service was asked to wait."""

_LARGEST_ANSWER = 65 * 1024 * 1024  # a blob of 64 MiB fits
_CHUNK = 256 * 1024
_NO_CONTENT = 204

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Http:
    """A service at one URL. May be used from any thread; requests block."""

    def __init__(self, url: str, token: Callable[[], str | None]) -> None:
        """`token` is asked before each request. Raises `InsecureServiceError`."""
        self.url = _checked(url)
        self._token = token
        self._connections = Connections()
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, CuttableAdapter(self._connections))
        if _is_loopback(urlsplit(self.url).hostname or ""):
            self._session.trust_env = False  # a proxy could not reach this machine's own service

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        """The answer, with a status below 300. Options are those of `answer`. Raises `SyncError`: see the tree."""
        return self._checked(self.answer(method, path, **options))

    def answer(
        self,
        method: str,
        path: str,
        *,
        wait: float = 0,
        patience: float = READ_SECONDS,
        body: BaseModel | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        with_token: bool = True,
    ) -> Answer:
        """The answer, whatever its status says. `wait` is the seconds that the service was asked to wait, `patience`
        those that the answer may take beyond.

        Raises `NoServiceError` and `NotEnrolledError`.
        """
        token = self._require_token() if with_token else None
        is_json = isinstance(body, BaseModel)
        try:
            with self._session.request(
                method,
                self.url + path,
                data=body.model_dump_json().encode() if isinstance(body, BaseModel) else body,
                headers={**({"Content-Type": "application/json"} if is_json else {}), **(headers or {})},
                auth=_Bearer(token),
                timeout=(CONNECT_SECONDS, patience + wait),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, response.headers, _read(response))
        except (requests.RequestException, OSError) as error:
            raise NoServiceError(self.url, _why(error)) from error

    def ask_for(self, kind: type[R], method: str, path: str, **options: Any) -> R:
        """The answer as a record. Raises `TooOldError` where it is none of this kind, else as `ask`."""
        return self.ask_and(kind.model_validate_json, method, path, **options)

    def ask_and(self, read: Callable[[bytes], T], method: str, path: str, **options: Any) -> T:
        """What `read` makes of the answer. Raises `TooOldError` where that is a `ValueError`, else as `ask`."""
        answer = self.ask(method, path, **options)
        try:
            return read(answer.content)
        except ValueError as error:  # a ValidationError is one
            raise TooOldError(self.url) from error

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be asked any more."""
        return self._connections.is_cut

    def close(self) -> None:
        """Let go of all connections; whoever waits on one gets a `NoServiceError`."""
        self._connections.cut()
        self._session.close()

    def _require_token(self) -> str:
        token = self._token()
        if not token:
            raise NotEnrolledError
        return token

    def _checked(self, answer: Answer) -> Answer:
        status = answer.status
        if status < 300:
            return answer
        problem = _problem(answer)
        kind, reason = str(problem.get("type", "")), str(problem.get("detail", f"HTTP {status}"))[:500]
        if status == 401:
            raise UnauthorisedError(self.url)
        if status == 409 and kind == "unknown-epoch":
            raise AnotherLogError(reason)
        is_fault = status >= 500 and kind in ("", "about:blank", "fault")
        error = ServiceFaultError(self.url, status) if is_fault else ServiceRefusedError(reason, status, kind)
        error.retry_after = _retry_after(answer) if status in (429, 503) else None
        raise error


class _Bearer(AuthBase):
    """Sets the token, and by being there keeps requests from reading a password out of ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _checked(untrusted_url: str) -> str:
    url = untrusted_url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
    except ValueError as error:
        raise InsecureServiceError(untrusted_url) from error
    host = parts.hostname or ""
    plain = parts.scheme == "http" and _is_loopback(host)
    if not host or parts.username or parts.query or parts.fragment or not (parts.scheme == "https" or plain):
        raise InsecureServiceError(untrusted_url)
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read(response: requests.Response) -> bytes:
    """The body, whole. An answer that was cut amid its headers has lost the one that tells its length."""
    has_body = response.request.method != "HEAD" and response.status_code != _NO_CONTENT
    if has_body and not any(name in response.headers for name in ("Content-Length", "Transfer-Encoding")):
        raise requests.exceptions.ConnectionError("the answer was cut short")
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > _LARGEST_ANSWER:
            raise requests.exceptions.ContentDecodingError("the answer is too large")
    return bytes(content)


def _retry_after(answer: Answer) -> float | None:
    """The seconds that the service asks to be left alone; None where it names none, or a date."""
    untrusted = answer.headers.get("Retry-After", "").strip()
    return float(untrusted[:9]) if untrusted.isascii() and untrusted.isdigit() else None


def _problem(answer: Answer) -> Mapping[str, Any]:
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return {}
    try:
        problem = json.loads(answer.content)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _why(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not let through"
    return "no connection"
