"""A store of 100,000 sessions and 1,000,000 notes, and beside it the same texts in bare FTS5; kept in build/."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlcipher3 import dbapi2

from app.domain.events import Confirmed, Event, SessionOffered
from app.store import passages
from app.store.connection import connect, transaction
from app.store.store import Store
from app.system.clock import SystemClock
from tests.bench.kept import kept
from tests.bench.shop_log import ShopLog

KEY = "5e" * 32
NOTES, SESSIONS, PAGE = 20, 2, 2000
_FORM = 4
"""Goes up when what is kept changes: an earlier one is made anew then."""
_LINES = 12
BARE = "CREATE VIRTUAL TABLE bare USING fts5 (text, prefix = '2 3 4')"


def kept_store(cases: int) -> tuple[Path, Path]:
    """The files of the store and of the bare index, with 20 notes and 2 sessions for each case."""

    def make(folder: Path) -> None:
        _fill_store(folder / "store.db", cases)
        _fill_bare(folder / "store.db", folder / "bare.db")

    folder = kept("search", cases, _FORM, make)
    return folder / "store.db", folder / "bare.db"


def _fill_store(path: Path, cases: int) -> None:
    """Events as a first sync brings them, then a terminal's text of each session."""
    log = ShopLog(NOTES, SESSIONS)
    entries = log.entries(cases * (8 + NOTES + 4 * SESSIONS))
    sessions: list[tuple[UUID, UUID]] = []
    with closing(Store(path, KEY, device=UUID(int=1), clock=SystemClock())) as store:
        while page := [(one.version, Event.model_validate_json(one.json)) for one in islice(entries, PAGE)]:
            confirmed = [Confirmed(version=version, event=event) for version, event in page]
            store.receive(confirmed, f"kept:{page[-1][0]}")
            offered = ((event.stream_id, event.body) for _, event in page)
            sessions += [(case_id, body.session) for case_id, body in offered if isinstance(body, SessionOffered)]
    with closing(connect(path, KEY)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        waiting = iter(sessions)
        while some := list(islice(waiting, PAGE)):
            with transaction(connection):
                for case_id, session in some:
                    passages.index_terminal(connection, case_id, session, SystemClock().now(), _terminal(log))
        connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")


def _terminal(log: ShopLog) -> str:
    return "\n".join(f"$ {log.text(1)}\n{log.text(6)}" for _ in range(_LINES))


def _fill_bare(store: Path, path: Path) -> None:
    with closing(dbapi2.connect(str(path))) as bare, bare:
        bare.execute(BARE)
        bare.executemany("INSERT INTO bare (rowid, text) VALUES (?, ?)", _texts(store))


def _texts(store: Path) -> Iterator[tuple[int, str]]:
    with closing(connect(store, KEY)) as connection:
        yield from connection.execute("SELECT place, text FROM passage ORDER BY place")
