"""HTTP by hand, for what no client would send."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from tests.service.parts import Shop


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The body as problem details: it must be such."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        told: dict[str, Any] = json.loads(self.body)
        assert set(told) == {"type", "title", "status", "detail"}
        assert told["status"] == self.status
        assert told["detail"].endswith("."), told
        return told


class Wire:
    """One connection to a shop's service."""

    def __init__(self, shop: Shop) -> None:
        host, port = shop.url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, text: str | bytes) -> "Wire":
        """Send it as it is."""
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())
        return self

    def answer(self) -> Answer:
        """The next answer, whole."""
        response = HTTPResponse(self.socket)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())

    def is_closed(self) -> bool:
        """Whether the service hangs up. Waits for it."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True


def head(line: str, token: str = "", **headers: str) -> str:
    """A request's head. `Content_Type` stands for `Content-Type`."""
    lines = [f"{line} HTTP/1.1", "Host: x", *([f"Authorization: Bearer {token}"] if token else [])]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines) + "\r\n\r\n"
