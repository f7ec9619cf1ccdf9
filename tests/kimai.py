"""A stand-in for Kimai 2 on this machine: the few of its documented routes that are used, strict about their fields.

A field that the documentation does not name, or of another type, is refused as Kimai's forms refuse it.
"""

import json
import re
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

TOKEN = "a1b2c3d4e5f6"
_FORM = {"begin": str, "end": str, "project": int, "activity": int, "description": str, "tags": str, "billable": bool}
_QUERY = {
    "term": r"[a-zA-Z0-9 \-,:]+", "orderBy": "id|begin|end|rate", "order": "ASC|DESC", "size": r"\d+", "page": r"\d+",
}  # fmt: skip
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_REQUIRED = ("begin", "end", "project", "activity")


@dataclass
class Kimai:
    """One user's Kimai. `records` is what it holds, by its own numbers.

    `drops` tells of the next requests whether the connection breaks: "before" it was read, "after" it was done, or not
    (""). `faults` are the statuses of requests to come, 0 where it answers. Nobody may change what is `locked`.
    """

    timezone: str = "Europe/Copenhagen"
    rounds: bool = False
    repeats_rows: bool = False
    largest_page: int = 500
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    drops: deque[str] = field(default_factory=deque)
    faults: deque[int] = field(default_factory=deque)
    locked: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    page: bytes | None = None

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def writes(self) -> list[str]:
        """What it was asked to change."""
        return [asked for asked in self.asked if not asked.startswith("GET")]

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        """The status, and what is said with it."""
        path, query = (
            urlsplit(target).path,
            parse_qs(urlsplit(target).query, strict_parsing=bool(urlsplit(target).query)),
        )
        if (method, path) == ("GET", "/api/users/me"):
            return 200, {
                "id": 7,
                "username": "anna",
                "timezone": self.timezone,
                "language": "da",
                "roles": ["ROLE_USER"],
            }
        if (method, path) == ("GET", "/api/timesheets"):
            return self._search({name: values[-1] for name, values in query.items()})
        if (method, path) == ("POST", "/api/timesheets"):
            return self._keep(max(self.records, default=0) + 1, json.loads(body), _REQUIRED)
        number = re.fullmatch(r"/api/timesheets/(\d+)", path)
        if method == "PATCH" and number:
            return self._patch(int(number[1]), json.loads(body))
        return 404, {"code": 404, "message": "Not Found"}

    def _search(self, query: dict[str, str]) -> tuple[int, object]:
        for name, value in query.items():
            if name not in _QUERY or not re.fullmatch(_QUERY[name], value):
                return 400, {"code": 400, "message": f'Parameter "{name}" of value "{value}" violated a constraint'}
        size, page = min(int(query.get("size", 50)), self.largest_page), int(query.get("page", 1))
        words = query.get("term", "").lower()
        found = [row for _, row in sorted(self.records.items()) if words in (row["description"] or "").lower()]
        if query.get("order", "DESC") == "DESC":
            found.reverse()
        start = (page - 1) * size
        if page > 1 and start >= len(found):
            return 404, {"code": 404, "message": "Not Found"}
        rows = found[start : start + size]
        if self.repeats_rows and page > 1:
            rows = [found[start - 1], *rows][:size]
        return 200, [self._told(row) for row in rows]

    def _patch(self, number: int, fields: dict[str, Any]) -> tuple[int, object]:
        if number not in self.records:
            return 404, {"code": 404, "message": "Not Found"}
        if number in self.locked:
            return 403, {"code": 403, "message": "You are not allowed to update this timesheet"}
        return self._keep(number, fields, ())

    def _keep(self, number: int, fields: dict[str, Any], required: tuple[str, ...]) -> tuple[int, object]:
        wrong = {
            name: {"errors": ["This value is not valid."]}
            for name, value in fields.items()
            if name in _FORM
            and (type(value) is not _FORM[name] or (name in ("begin", "end") and not _TIME.fullmatch(str(value))))
        }
        wrong |= {name: {"errors": ["This value should not be blank."]} for name in required if name not in fields}
        extra = [] if set(fields) <= set(_FORM) else ["This form should not contain extra fields."]
        row = {"description": None, "billable": True, **self.records.get(number, {}), **fields}
        if not wrong and row["end"] < row["begin"]:
            wrong = {"end": {"errors": ["End date must not be earlier then start date."]}}
        if wrong or extra:
            errors = {"errors": extra, "children": {name: wrong.get(name, []) for name in _FORM}}
            return 400, {"code": 400, "message": "Validation Failed", "errors": errors}
        if self.rounds:
            row |= {"begin": row["begin"][:-2] + "00", "end": row["end"][:-2] + "00"}
        self.records[number] = {**row, "id": number}
        return 200, self._told(self.records[number])

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        times = {name: self._moment(row[name]).strftime("%Y-%m-%dT%H:%M:%S%z") for name in ("begin", "end")}
        length = self._moment(row["end"]) - self._moment(row["begin"])
        return {
            **row, **times, "duration": length // timedelta(seconds=1), "user": 7, "rate": 0.0, "internalRate": 0.0,
            "exported": row["id"] in self.locked, "tags": [], "metaFields": [],
        }  # fmt: skip

    def _moment(self, wall: str) -> datetime:
        return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(self.timezone))


def _handler(kimai: Kimai) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 64 * 1024  # an answer in one piece: else the other end's system takes its time to ask for the second

        def answer(self) -> None:
            drop = kimai.drops.popleft() if kimai.drops else ""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if drop == "before":
                self.close_connection = True
                return
            status, said = self._said(body)
            if drop == "after":
                self.close_connection = True
                return
            content = kimai.page or json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if kimai.page else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _said(self, body: bytes) -> tuple[int, object]:
            kimai.asked.append(f"{self.command} {self.path}")
            fault = kimai.faults.popleft() if kimai.faults else 0
            if fault:
                return fault, {"code": fault, "message": "Something is wrong"}
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return 401, {"code": 401, "message": "Invalid credentials"}
            if body and self.headers.get("Content-Type") != "application/json":
                return 415, {"code": 415, "message": "Unsupported Media Type"}
            return kimai.answer(self.command, self.path, body)

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return Handler
