"""The text that can be searched: passages of events and of terminals, and their folded words beside them.

All functions belong to the store's own thread, and to a transaction where they write.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.domain import events as ev
from app.domain.finding import Level
from app.domain.streams import State, found_in, is_at_home
from app.store.connection import Connection, insert_many
from app.store.conversation import text_of_talk
from app.store.folding import fold
from app.store.records import Place

PART = 8000
"""A long text is kept in parts of at most this many characters, so that a hit reads little."""

MOST_TERMINAL = 2_000_000
"""How many characters of one session can be found: the newest ones, where there are more."""

_AT_ONCE = 1000

_COLUMNS = "event, session, case_id, source, at, author, part, text"
_INTO = f"passage (place, {_COLUMNS})"
_INTO_WORDS = "word (rowid, folded)"
_INSERT_WORDS = "INSERT INTO word (rowid, folded) VALUES (?, ?)"
_NEXT_PLACE = """
SELECT max(coalesce((SELECT max(place) FROM passage), 0), coalesce((SELECT max(passage) FROM to_follow), 0)) + 1
"""


class Row(NamedTuple):
    """A passage as it is kept. Ids are bytes, `at` is ISO 8601, `event` is None for a terminal's."""

    event: bytes | None
    session: bytes | None
    case_id: bytes
    source: Place
    at: str
    author: str
    part: int
    text: str


class Text(NamedTuple):
    """What an event has to be found by. `session` is set where it belongs to one."""

    where: Place
    text: str
    session: UUID | None = None


def text_of(event: ev.Event) -> Text | None:
    """The searchable text of an event, or None where it has none."""
    found: Text
    match event.body:
        case ev.CaseOpened() as opened:
            found = Text("case", f"{opened.about}\n{opened.machine}\n{event.author.name}")
        case ev.DiagnosticsShared() as shared:
            worth = [one.sentence for one in shared.findings if one.level in (Level.PROBLEM, Level.NOTICE)]
            found = Text("case", "\n".join(worth))
        case ev.NoteAdded() as note:
            found = Text("note", note.text)
        case ev.WorkRecorded() as work:
            found = Text("work", work.text, work.session)
        case ev.SolutionProposed() as solution:
            found = Text("solution", solution.text)
        case ev.CaseReopened() as reopened:
            found = Text("case", reopened.text)
        case ev.CaseClosed() as closed:
            found = Text("case", closed.thanks)
        case ev.ArticleWritten() as article:
            found = Text("article", _lines(article.title, article.text, " ".join(sorted(article.topics))))
        case _:
            talk = text_of_talk(event.body)
            found = Text(*talk) if talk else Text("customer", _of_customer(event.body))
    return found if found.text else None


def _of_customer(body: ev.Body) -> str:
    """What tells of a customer on their card."""
    match body:
        case ev.CustomerAdded(name=name) | ev.CustomerChanged(name=name) | ev.PersonJoined(name=name):
            return name
        case ev.ContactTold() as contact:
            return _lines(contact.name, contact.role, contact.telephone, contact.mail)
        case ev.MachineTold() as machine:
            return _lines(machine.name, machine.text)
        case ev.UseTold() as use:
            return _lines(use.what, use.vendor, use.contact, use.holds, use.lacks)
        case ev.CustomerNoted(text=text) | ev.CareMarked(text=text):
            return text
        case _:
            return ""


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def rows_of(event: ev.Event) -> tuple[Row, ...]:
    """What search keeps of an event: nothing where it has no text."""
    found = text_of(event)
    if found is None or not is_at_home(event):
        return ()
    about = (found.session.bytes if found.session else None, event.stream_id.bytes, found.where)
    written = (event.at.isoformat(), event.author.name)
    return tuple(Row(event.id.bytes, *about, *written, part, text) for part, text in enumerate(_parts(found.text)))


def index_event(connection: Connection, event: ev.Event) -> None:
    """Make the event's text searchable. Twice is fine."""
    if connection.execute("SELECT 1 FROM passage WHERE event = ?", (event.id.bytes,)).fetchone() is None:
        for row in rows_of(event):
            _insert(connection, row)


def index_fresh(connection: Connection, events: Iterable[ev.Event]) -> None:
    """Make the text of these events searchable, none of which was here before."""
    _index(connection, [row for event in events for row in rows_of(event)], next_place(connection))


def index_before(connection: Connection, events: Iterable[ev.Event], place: int) -> int:
    """The same for events that are older than what has this place. Returns the place of the oldest."""
    rows = [row for event in events for row in rows_of(event)]
    _index(connection, rows, place - len(rows))
    return place - len(rows)


def next_place(connection: Connection) -> int:
    """Where the newest passage goes: after what is here, and after the place that is kept free for what is older."""
    return int(connection.execute(_NEXT_PLACE).fetchone()[0])


def _index(connection: Connection, rows: Sequence[Row], first: int) -> None:
    insert_many(connection, _INTO, [(place, *row) for place, row in enumerate(rows, first)])
    insert_many(connection, _INTO_WORDS, [(place, fold(row.text)) for place, row in enumerate(rows, first)])


def settle(connection: Connection, state: State) -> tuple[set[Row], set[Row]]:
    """Have search find of this what it should, and nothing else. Returns what it found before and finds now."""
    found = found_in(state)
    kept = kept_of(connection, state.id)
    made = {row for event in found for row in rows_of(event)}
    if kept != made:
        forget_case(connection, state.id)
        for event in found:
            index_event(connection, event)
    return kept, made


def kept_of(connection: Connection, case_id: UUID) -> set[Row]:
    """What search keeps of the case's events."""
    query = f"SELECT {_COLUMNS} FROM passage WHERE case_id = ? AND event IS NOT NULL"  # noqa: S608 - no value in it
    return {Row(*row) for row in connection.execute(query, (case_id.bytes,))}


def forget_case(connection: Connection, case_id: UUID) -> None:
    """Search finds none of the case's events; terminals stay."""
    _delete(connection, "event IS NOT NULL AND case_id = ?", case_id.bytes)


def forget_terminals(connection: Connection, case_id: UUID) -> None:
    """Search finds nothing of the case's terminals any longer."""
    _delete(connection, "event IS NULL AND case_id = ?", case_id.bytes)


def forget_event(connection: Connection, event_id: UUID) -> None:
    """Search finds the event's text no longer."""
    _delete(connection, "event = ?", event_id.bytes)


def index_terminal(connection: Connection, case_id: UUID, session: UUID, at: datetime, text: str) -> None:
    """Make a session's terminal output searchable, in place of what was indexed of it before."""
    _delete(connection, "event IS NULL AND session = ?", session.bytes)
    readable = text[-MOST_TERMINAL:].encode("utf-8", "replace").decode("utf-8")
    for part, piece in enumerate(_parts(readable)):
        _insert(connection, Row(None, session.bytes, case_id.bytes, "terminal", at.isoformat(), "", part, piece))


def count(connection: Connection) -> int:
    """How many passages there are."""
    return int(connection.execute("SELECT count(*) FROM passage").fetchone()[0])


def fold_again(connection: Connection, progress: Callable[[int], None]) -> None:
    """Make all folded words anew from the passages, so many at a time. `progress` is told how many are done."""
    connection.execute("INSERT INTO word (word) VALUES ('delete-all')")
    rows = connection.execute("SELECT place, text FROM passage ORDER BY place")
    done = 0
    while some := rows.fetchmany(_AT_ONCE):
        connection.executemany(_INSERT_WORDS, [(place, fold(text)) for place, text in some])
        done += len(some)
        progress(done)


def _parts(text: str) -> Iterator[str]:
    """The text in parts, cut at line ends where there are any. At least one, so that an empty text counts as seen."""
    start = 0
    while len(text) - start > PART:
        cut = max(text.rfind(end, start + PART // 2, start + PART) for end in "\n ") + 1
        end = cut if cut > start else start + PART
        yield text[start:end]
        start = end
    yield text[start:]


def _insert(connection: Connection, row: Row) -> None:
    _index(connection, (row,), next_place(connection))


def _delete(connection: Connection, which: str, name: bytes) -> None:
    rows = connection.execute(f"DELETE FROM passage WHERE {which} RETURNING place", (name,)).fetchall()  # noqa: S608
    connection.executemany("DELETE FROM word WHERE rowid = ?", rows)
