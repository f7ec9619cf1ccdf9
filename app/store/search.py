"""Search in all that is on this machine: folded words, the last one as the beginning of a word.

A query is words and nothing else: no sign in it has a meaning. Where it names a machine exactly, that machine's cases
come first. Then come passages with the words just as they were typed, then those where they are parts of words, then
those that only fold to them; among equals the newest.

What is looked at is bounded, however large the store is: the newest passages with the words, so many at most.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.article_log import ArticleLog
from app.domain.customer import Customer
from app.domain.events import Stream
from app.store import log, machines
from app.store.connection import Connection
from app.store.folding import fold
from app.store.records import Hit
from app.store.snippet import snippet

_MOST_WORDS = 16
_MOST_CHARACTERS = 400
_POOL = 100
"""How many of the newest passages with the words are looked at for the best ones, at least."""

_INDEXED_LETTERS = 4
"""Beginnings up to this length have an index of their own (see steps/0002.sql)."""

_MOST_ENDINGS = 30
"""How many words a longer beginning may stand for, and still be asked for one by one."""

_FIND = """
SELECT passage.place, passage.case_id, passage.source, passage.at, passage.author, passage.text, passage.session,
       passage.event
FROM word JOIN passage ON passage.place = word.rowid WHERE word MATCH ? ORDER BY word.rowid DESC LIMIT ?
"""
_NEXT_WORD = "SELECT term FROM word_seen WHERE term >= ? LIMIT 1"
_TITLE = "SELECT title FROM case_row WHERE id = ?"


class Passage(NamedTuple):
    """A passage as it is kept."""

    place: int
    case_id: bytes
    where: str
    at: str
    author: str
    text: str
    session: bytes | None
    event: bytes | None

    @property
    def source(self) -> bytes:
        """What it is a part of: one event, or one session's terminal."""
        return self.event or self.session or b""


def search(connection: Connection, untrusted_query: str, limit: int) -> tuple[Hit, ...]:
    """The best passages that have all words of the query, one for each event or session, at most `limit`."""
    typed = untrusted_query[:_MOST_CHARACTERS]
    asked = fold(typed).split()[:_MOST_WORDS]
    if not asked or limit < 1:
        return ()
    named = machines.cases_named(connection, asked)
    pool = _Pool(_Rank(typed, frozenset(named.ids)))
    for question in _questions(connection, asked):
        pool.add(connection.execute(_FIND, (question, max(_POOL, 2 * limit))))
        if pool.literal >= limit:
            break  # nothing better follows
    pool.add(machines.passages(connection, named, limit))
    return tuple(_hit(connection, passage, asked) for passage in pool.best(limit))


def _questions(connection: Connection, asked: Sequence[str]) -> Iterator[str]:
    """What to ask the index: first for the words as they are, then with the last as the beginning of one.

    A word that stands alone is common as a beginning, too: gathering all rows of all words that begin so takes as
    long as there are rows.
    """
    yield " AND ".join(map(_quoted, asked))
    beginning = asked[-1]
    if len(beginning) == 1 and beginning.isascii():
        return  # a letter by itself says next to nothing, and a third of all rows have a word that begins so
    endings = _endings(connection, beginning) if len(beginning) > _INDEXED_LETTERS else None
    if endings is None:
        yield " AND ".join(map(_quoted, asked)) + "*"
    elif endings:
        yield " AND ".join([*map(_quoted, asked[:-1]), "(" + " OR ".join(map(_quoted, endings)) + ")"])


def _endings(connection: Connection, beginning: str) -> list[str] | None:
    """The words in the index that begin so, or None where they are too many."""
    found: list[str] = []
    row = connection.execute(_NEXT_WORD, (beginning,)).fetchone()
    while row and row[0].startswith(beginning):
        found.append(row[0])
        if len(found) > _MOST_ENDINGS:
            return None
        row = connection.execute(_NEXT_WORD, (row[0] + "\x01",)).fetchone()  # no word has that letter
    return found


def _quoted(word: str) -> str:
    return f'"{word}"'


class _Rank:
    """How well a passage answers a query."""

    def __init__(self, typed: str, cases: frozenset[bytes]) -> None:
        self._cases = cases
        self._literal = [word.casefold() for word in typed.split()]
        self._whole = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in self._literal]

    def __call__(self, passage: Passage) -> tuple[bool, bool, bool, str]:
        """More is better. The second tells whether it has all words just as they were typed."""
        text = passage.text.casefold()
        parts = all(word in text for word in self._literal)
        whole = parts and all(word.search(text) for word in self._whole)
        return passage.case_id in self._cases, whole, parts, passage.at


class _Pool:
    """What was looked at, each once, with its rank."""

    def __init__(self, rank: _Rank) -> None:
        self._rank = rank
        self._ranked: dict[int, tuple[tuple[bool, bool, bool, str], Passage]] = {}
        self.literal = 0

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Look at these too."""
        for row in rows:
            if row[0] not in self._ranked:
                passage = Passage(*row)
                rank = self._rank(passage)
                self._ranked[row[0]] = rank, passage
                self.literal += rank[1]

    def best(self, limit: int) -> list[Passage]:
        """By rank; of the parts of one text only the best."""
        chosen: dict[bytes, Passage] = {}
        for _, passage in sorted(self._ranked.values(), key=itemgetter(0), reverse=True):
            chosen.setdefault(passage.source, passage)
        return list(chosen.values())[:limit]


def _hit(connection: Connection, passage: Passage, asked: Sequence[str]) -> Hit:
    shown, matches = snippet(passage.text, asked)
    return Hit(
        case_id=UUID(bytes=passage.case_id),
        title=_title(connection, passage),
        where=passage.where,  # type: ignore[arg-type]  # only a Place is ever written
        at=datetime.fromisoformat(passage.at),
        author=passage.author,
        snippet=shown,
        matches=matches,
        session=UUID(bytes=passage.session) if passage.session else None,
    )


def _title(connection: Connection, passage: Passage) -> str:
    if passage.where == "customer":
        found = log.state(connection, Stream.CUSTOMER, UUID(bytes=passage.case_id))
        return found.name if isinstance(found, Customer) else ""
    if passage.where == "article":
        article = log.state(connection, Stream.ARTICLE, UUID(bytes=passage.case_id))
        return article.title if isinstance(article, ArticleLog) else ""
    title = connection.execute(_TITLE, (passage.case_id,)).fetchone()
    return title[0] if title else ""
