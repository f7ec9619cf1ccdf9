"""What is new in the log, looked up for many at once: those who may read the same share one read and one page.

Whose token it is, where the log ends and what is new are of one moment, and permission is inside each query. Who is far
behind reads page after page by themselves (`events.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection, select

from app.domain.people import Role
from app.service.blob_rights import seen_by, sight
from app.service.cursor import Cursor, check, log_end
from app.service.database import Database
from app.service.event_row import EVERY_CUSTOMER
from app.service.problems import Problem, unauthorised
from app.service.stamps import stamps
from app.service.tables import events
from app.service.tokens import Caller, living

_NEAR = 50
"""Who is so many events behind at most is told here."""
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who asks what is new to them. `after` is a cursor as it came."""

    caller: Caller
    after: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A whole page as JSON, whether there is anything in it, and the cursor that it brings them to."""

    page: bytes
    found: bool
    cursor: str


def entry(version: int, stamp: str, event_json: str) -> str:
    """An event in its place, with the service's stamp on it, as JSON. The event is told as it is kept."""
    return f'{{"version":{version},"stamp":"{stamp}","event":{event_json}}}'


def page_of(entries: Sequence[str], cursor: Cursor, *, more: bool, newest: int | None) -> str:
    """The page as JSON. `newest` is the log's last version, which staff may know."""
    told = f',"newest":{newest}' if newest is not None else ""
    return f'{{"events":[{",".join(entries)}],"cursor":"{cursor}","more":{str(more).lower()}{told}}}'


def look(database: Database, looks: Sequence[Look]) -> list[Seen | Exception | None]:
    """For each what is new, or what is wrong with the question; None where it is too much to be told here. Blocking."""
    with database.read() as connection:
        alive = living(connection, {each.caller.token_hash for each in looks})
        news = _News(connection, log_end(connection))
        return [_seen(each, alive, news) for each in looks]


def _seen(each: Look, alive: set[str], news: "_News") -> Seen | Exception | None:
    if each.caller.token_hash not in alive:  # revoked while it waited
        return unauthorised()
    version = news.version_of(each.after)
    return version if isinstance(version, Problem) else news.after(version, each.caller)


class _News:
    """The newest part of the log, in one transaction."""

    def __init__(self, connection: Connection, end: Cursor) -> None:
        self._connection = connection
        self.end = end
        self._stamps = stamps(connection, end.epoch)
        self._versions: dict[str | None, int | Problem] = {}
        self._told: dict[tuple[Role | UUID, int], Seen | None] = {}

    def version_of(self, untrusted_cursor: str | None) -> int | Problem:
        """How far the cursor reaches, or what is wrong with it."""
        if untrusted_cursor not in self._versions:
            try:
                self._versions[untrusted_cursor] = check(self._connection, untrusted_cursor, self.end)
            except Problem as problem:
                self._versions[untrusted_cursor] = problem
        return self._versions[untrusted_cursor]

    def after(self, version: int, caller: Caller) -> Seen | None:
        """What this caller may read of what is newer."""
        if version < self.end.version - _NEAR:
            return None
        owners = (caller.author.id, EVERY_CUSTOMER)
        if version == self.end.version or not (caller.is_staff or self._owners.intersection(owners)):
            return self._nothing_for_staff if caller.is_staff else self._nothing
        key = (sight(caller), version)
        if key not in self._told:
            self._told[key] = self._read(version, caller)
        return self._told[key]

    @cached_property
    def _nothing(self) -> Seen:
        return self._page([], for_staff=False)

    @cached_property
    def _nothing_for_staff(self) -> Seen:
        return self._page([], for_staff=True)

    @cached_property
    def _owners(self) -> frozenset[UUID]:
        """The customers for whom there may be something."""
        newest = events.c.version > self.end.version - _NEAR
        query = select(events.c.owner).where(newest, events.c.customer_visible).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def _read(self, version: int, caller: Caller) -> Seen | None:
        query = (
            select(events.c.version, events.c.event)
            .where(events.c.version > version, seen_by(caller))
            .order_by(events.c.version)
        )
        entries = [entry(row.version, self._stamps.of(row.event), row.event) for row in self._connection.execute(query)]
        return self._page(entries, for_staff=caller.is_staff) if sum(map(len, entries)) <= _LARGEST else None

    def _page(self, entries: Sequence[str], *, for_staff: bool) -> Seen:
        page = page_of(entries, self.end, more=False, newest=self.end.version if for_staff else None)
        return Seen(page.encode(), bool(entries), str(self.end))
