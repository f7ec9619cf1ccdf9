"""Kimai's REST API (2.x), as far as time is told to it: who we are there, and records looked for, added and changed.

It knows no key by which a record that is sent twice would be there once. So each record carries a mark of ours in its
description, and is looked for by it first.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.domain.records import Record
from app.sync.errors import (
    KimaiFaultError,
    KimaiRefusedError,
    KimaiTokenError,
    NoKimaiError,
    NoServiceError,
    NotKimaiError,
)
from app.sync.http import Answer, Http

PAGE = 500
"""Rows a page: the most that Kimai gives."""

_PAGES = 200
_REASON = 500
_T = TypeVar("_T")


class KimaiPiece(Record):
    """A record as it is sent. `begin` and `end` are the wall clock of Kimai's user, without offset.

    All of it is always sent: what lacks its end would be a running timer.
    """

    begin: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")]
    end: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")]
    project: int
    activity: int
    description: str
    billable: bool


class _FromKimai(BaseModel):
    """What Kimai says has more fields than are read here, and more with each of its releases."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class KimaiUser(_FromKimai):
    """Who the token belongs to. `timezone` is the one in which Kimai reads what they send."""

    id: int
    username: str
    timezone: str


class KimaiRow(_FromKimai):
    """A record as Kimai has it."""

    id: int
    begin: AwareDatetime
    end: AwareDatetime | None = None
    project: int
    activity: int
    description: str | None = None
    billable: bool = True

    def is_at(self, piece: KimaiPiece, zone: ZoneInfo) -> bool:
        """Whether it has this piece's times. `zone` is that of Kimai's user; a record may have kept an older one."""
        end = wall_clock(self.end, zone) if self.end else ""
        return (wall_clock(self.begin, zone), end) == (piece.begin, piece.end)

    def is_like(self, piece: KimaiPiece, zone: ZoneInfo) -> bool:
        """Whether it says all that this piece says."""
        said = (self.project, self.activity, self.description, self.billable)
        return self.is_at(piece, zone) and said == (piece.project, piece.activity, piece.description, piece.billable)


_ROWS = TypeAdapter(tuple[KimaiRow, ...])
_ROW = TypeAdapter(KimaiRow)
_USER = TypeAdapter(KimaiUser)


MARK = re.compile(r"\[bistand [0-9a-f-]{36}\]")
"""The mark of any piece. In a text that somebody copied it would make one record be taken for another."""


def mark(piece: UUID) -> str:
    """What the description of this piece's record ends with. It is found again by it."""
    return f"[bistand {piece}]"


def wall_clock(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as Kimai reads it: by the clock in this time zone, to the second, without offset."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


class KimaiClient:
    """One Kimai, as one of its users sees it. Calls block, and raise `KimaiError` (see its tree)."""

    def __init__(self, url: str, *, token: Callable[[], str | None]) -> None:
        """`token` is asked before each request. Raises `InsecureServiceError` for plain HTTP to another machine."""
        self._http = Http(url, token)

    @property
    def url(self) -> str:
        """Where it is."""
        return self._http.url

    def me(self) -> KimaiUser:
        """Who the token belongs to."""
        return self._ask(_USER, "GET", "/api/users/me")

    def find(self, piece: UUID) -> tuple[KimaiRow, ...]:
        """The user's records that bear this piece's mark, the oldest first; more than one where somebody copied it."""
        wanted = mark(piece)
        found = {row.id: row for row in self._search(str(piece)) if wanted in (row.description or "")}
        return tuple(found[number] for number in sorted(found))

    def create(self, piece: KimaiPiece) -> KimaiRow:
        """Add a record."""
        return self._ask(_ROW, "POST", "/api/timesheets", piece)

    def change(self, number: int, piece: KimaiPiece) -> KimaiRow:
        """Have the record say this."""
        return self._ask(_ROW, "PATCH", f"/api/timesheets/{number}", piece)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _search(self, term: str) -> Iterator[KimaiRow]:
        """All rows that a search finds, page by page. Pages may repeat rows."""
        for page in range(1, _PAGES + 1):
            words = {"term": term, "orderBy": "id", "order": "ASC", "size": PAGE, "page": page}
            answer = self._answer("GET", f"/api/timesheets?{urlencode(words)}")
            if page > 1 and answer.status == 404:  # there are none left
                return
            rows = self._understood(_ROWS, answer)
            yield from rows
            if len(rows) < PAGE:
                return
        raise NotKimaiError(self.url, "its pages do not end")

    def _ask(self, kind: TypeAdapter[_T], method: str, path: str, body: KimaiPiece | None = None) -> _T:
        return self._understood(kind, self._answer(method, path, body))

    def _answer(self, method: str, path: str, body: KimaiPiece | None = None) -> Answer:
        try:
            return self._http.answer(method, path, body=body, headers={"Accept": "application/json"})
        except NoServiceError as error:
            raise NoKimaiError(self.url, error.why) from error

    def _understood(self, kind: TypeAdapter[_T], answer: Answer) -> _T:
        status = answer.status
        if status == 401:
            raise KimaiTokenError(self.url)
        if status >= 500 or status == 429:
            raise KimaiFaultError(self.url, status)
        if status >= 400:
            reason = _reason(answer)
            if reason is None:  # a page of some other program
                raise NotKimaiError(self.url, f"HTTP {status}")
            raise KimaiRefusedError(reason)
        try:
            if status < 300:
                return kind.validate_json(answer.content)
        except ValidationError as error:
            raise NotKimaiError(self.url, "its answer has another form") from error
        raise NotKimaiError(self.url, f"HTTP {status}")


class _Problem(_FromKimai):
    code: int
    message: str
    errors: Any = None


def _reason(answer: Answer) -> str | None:
    """What Kimai says against it, with the fields that it means; None where that is no word of Kimai's."""
    try:
        problem = _Problem.model_validate_json(answer.content)
    except ValidationError:
        return None
    wrong = "; ".join(_wrong(problem.errors))
    untrusted = f"{problem.message} (HTTP {answer.status})" + (f": {wrong}" if wrong else "")
    return untrusted[:_REASON]


def _wrong(errors: Any, name: str = "") -> Iterator[str]:
    """What is wrong with each field, out of a tree of forms within forms."""
    if not isinstance(errors, dict):
        return
    said = errors.get("errors")
    if isinstance(said, list):
        yield from (f"{name}: {sentence}" if name else str(sentence) for sentence in said)
    children = errors.get("children")
    if isinstance(children, dict):
        for child, inner in children.items():
            yield from _wrong(inner, str(child))
