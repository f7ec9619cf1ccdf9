"""Search in all that is on this machine: folded words, the last one as the beginning of a word.

A query is words and nothing else: no sign in it has a meaning. Where it names a machine exactly, that machine's cases
come first. Then come passages with the words just as they were typed, then those where they are parts of words, then
those that only fold to them; among equals the newest.

What is looked at is bounded, however large the store is: the newest passages with the words, so many at most.
"""

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

_FIND = "SELECT rowid FROM word WHERE word MATCH ? ORDER BY rowid DESC LIMIT ?"
_PASSAGES = """
SELECT place, case_id, source, at, author, text, session, event FROM passage WHERE place IN ({})
"""
_NEXT_WORD = "SELECT term FROM word_seen WHERE term >= ? LIMIT 1"
_TITLES = "SELECT id, title FROM case_row WHERE id IN ({})"


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
        places = connection.execute(_FIND, (question, max(_POOL, 2 * limit)))
        pool.add(_passages(connection, pool.new(place for (place,) in places)))
        if pool.literal >= limit:
            break  # nothing better follows
    pool.add(machines.passages(connection, named, limit))
    best = pool.best(limit)
    titles = _titles(connection, [found.passage for found in best])
    return tuple(_hit(found, titles[found.passage.case_id], asked) for found in best)


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


def _passages(connection: Connection, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    return connection.execute(_PASSAGES.format(", ".join("?" * len(places))), places)


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


class _Found(NamedTuple):
    """A passage and how well it answers the query: by its order, where more is better.

    That is whether it is of a machine that was named, has all words just as they were typed, has them as parts of
    words, and when it was written. `near` is where a word stands in the text as it was typed; 0 where that is unknown.
    """

    order: tuple[bool, bool, bool, str]
    passage: Passage
    near: int


class _Rank:
    """Says how well passages answer a query."""

    def __init__(self, typed: str, cases: frozenset[bytes]) -> None:
        self._cases = cases
        self._literal = [word.casefold() for word in typed.split()]

    def __call__(self, passage: Passage) -> _Found:
        """What is found with this passage."""
        text = passage.text.casefold()
        parts = all(word in text for word in self._literal)
        places = [_place_by_itself(word, text) for word in self._literal] if parts else [-1]
        whole = min(places) >= 0
        near = _place_as_written(self._literal[-1], passage.text) if whole else 0
        return _Found((passage.case_id in self._cases, whole, parts, passage.at), passage, near)


def _place_as_written(word: str, text: str) -> int:
    """Where the word stands by itself in a text of any case; 0 where that cannot be told, as with letters of two."""
    small = text.lower()
    return max(0, _place_by_itself(word, small)) if len(small) == len(text) else 0


def _place_by_itself(word: str, text: str) -> int:
    """Where the word stands in the text without being part of a longer one, or -1."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not _is_of_a_word(text[start - 1 : start]) and not _is_of_a_word(text[end : end + 1]):
            return start
        start = text.find(word, start + 1)
    return -1


def _is_of_a_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


class _Pool:
    """What was looked at, each once, with its rank."""

    def __init__(self, rank: _Rank) -> None:
        self._rank = rank
        self._found: dict[int, _Found] = {}
        self.literal = 0

    def new(self, places: Iterable[int]) -> list[int]:
        """Those of these that were not looked at yet: the same are found again as beginnings, and reading is dear."""
        return [place for place in places if place not in self._found]

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Look at these too."""
        for row in rows:
            if row[0] not in self._found:
                self._found[row[0]] = found = self._rank(Passage(*row))
                self.literal += found.order[1]

    def best(self, limit: int) -> list[_Found]:
        """By rank; of the parts of one text only the best."""
        chosen: dict[bytes, _Found] = {}
        for found in sorted(self._found.values(), key=itemgetter(0), reverse=True):
            chosen.setdefault(found.passage.source, found)
        return list(chosen.values())[:limit]


def _hit(found: _Found, title: str, asked: Sequence[str]) -> Hit:
    passage = found.passage
    shown, matches = snippet(passage.text, asked, found.near)
    return Hit(
        case_id=UUID(bytes=passage.case_id),
        title=title,
        where=passage.where,  # type: ignore[arg-type]  # only a Place is ever written
        at=datetime.fromisoformat(passage.at),
        author=passage.author,
        snippet=shown,
        matches=matches,
        session=UUID(bytes=passage.session) if passage.session else None,
    )


def _titles(connection: Connection, passages: Iterable[Passage]) -> dict[bytes, str]:
    """What each case, customer and article is called that one of these is from."""
    where = {passage.case_id: passage.where for passage in passages}
    titles = {stream: _title_beside(connection, stream, place) for stream, place in where.items()}
    cases = [stream for stream, title in titles.items() if title is None]
    rows = connection.execute(_TITLES.format(", ".join("?" * len(cases))), cases)
    return {stream: title or "" for stream, title in (titles | dict(rows)).items()}


def _title_beside(connection: Connection, stream: bytes, place: str) -> str | None:
    """What a customer or an article is called; None for a case."""
    if place == "customer":
        found = log.state(connection, Stream.CUSTOMER, UUID(bytes=stream))
        return found.name if isinstance(found, Customer) else ""
    if place == "article":
        article = log.state(connection, Stream.ARTICLE, UUID(bytes=stream))
        return article.title if isinstance(article, ArticleLog) else ""
    return None
