"""Search in all that is on this machine: folded words, the last one as the beginning of a word.

A query is words and nothing else: no sign in it has a meaning. Where it names a machine exactly, that machine's cases
come first. Then come passages with the words just as they were typed, then those where they are parts of words, then
those that only fold to them; among equals the newest.

What is looked at is bounded, however large the store is: the newest passages with the words, so many at most.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
"""How many of the newest events and sessions with the words are looked at for the best ones, unless fewer tell."""

_AT_ONCE = 50
"""How many passages are read at once, at least: what came last is not always what was written last."""

_MOST_PASSAGES = 1000
"""How many are read at most for a question. A long terminal has hundreds, and is one hit."""

_INDEXED_LETTERS = 4
"""Beginnings up to this length have an index of their own (see steps/0002.sql)."""

_MOST_ENDINGS = 80
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
    rank = _Rank(typed, frozenset(named.ids))
    pool = _Pool(rank)
    _look(connection, asked, limit, pool)
    pool.add(machines.passages(connection, named, limit))
    best = pool.best(limit)
    titles = _titles(connection, [found.passage for found in best])
    return tuple(_hit(found, titles[found.passage.case_id], asked, rank.near(found)) for found in best)


def _look(connection: Connection, asked: Sequence[str], limit: int, pool: "_Pool") -> None:
    """Look at the newest passages with the words, until there are enough of which none that follows can be better.

    With the words as they are that is those with all words just as they were typed; with a beginning, those with all
    as parts of words: whatever had them by themselves was found before.
    """
    for question, is_good in zip(_questions(connection, asked), (_is_whole, _has_parts), strict=False):
        seen: set[bytes] = set()
        good: set[bytes] = set()
        for places in _places(connection, question, max(_AT_ONCE, limit)):
            pool.add(_passages(connection, pool.new(places)))
            seen.update(pool.sources(places))
            good.update(pool.sources(places, is_good))
            if len(good) >= limit:
                return
            if len(seen) >= max(_POOL, 2 * limit):
                break


def _places(connection: Connection, question: str, size: int) -> Iterator[Sequence[int]]:
    """Where passages with the words are, the newest first, so many at once: reading them is dear."""
    found = connection.execute(_FIND, (question, _MOST_PASSAGES))
    while some := found.fetchmany(size):
        yield [place for (place,) in some]


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
    words, and when it was written.
    """

    order: tuple[bool, bool, bool, str]
    passage: Passage


def _is_whole(found: _Found) -> bool:
    return found.order[1]


def _has_parts(found: _Found) -> bool:
    return found.order[2]


class _Rank:
    """Says how well passages answer a query."""

    def __init__(self, typed: str, cases: frozenset[bytes]) -> None:
        self._cases = cases
        self._literal = [word.casefold() for word in typed.split()]

    def __call__(self, passage: Passage) -> _Found:
        """What is found with this passage."""
        text = passage.text.casefold()
        parts = all(word in text for word in self._literal)
        whole = parts and all(_stands_by_itself(word, text) for word in self._literal)
        return _Found((passage.case_id in self._cases, whole, parts, passage.at), passage)

    def near(self, found: _Found) -> int:
        """Where a word of the text begins as the last one was typed; 0 where that is unknown."""
        return _place_as_written(self._literal[-1], found.passage.text) if _has_parts(found) else 0


def _stands_by_itself(word: str, text: str) -> bool:
    """Whether the word is somewhere in the text without being part of a longer one."""
    return any(not _is_of_a_word(text[start + len(word) : start + len(word) + 1]) for start in _beginnings(word, text))


def _place_as_written(word: str, text: str) -> int:
    """Where a word of the text begins so, in capitals or not; 0 where that cannot be told, as with letters of two."""
    small = text.lower()
    return next(_beginnings(word, small), 0) if len(small) == len(text) else 0


def _beginnings(word: str, text: str) -> Iterator[int]:
    """Where words of the text begin so."""
    start = text.find(word)
    while start >= 0:
        if not _is_of_a_word(text[start - 1 : start]):
            yield start
        start = text.find(word, start + 1)


def _is_of_a_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


class _Pool:
    """What was looked at, each once, with its rank."""

    def __init__(self, rank: _Rank) -> None:
        self._rank = rank
        self._found: dict[int, _Found] = {}

    def new(self, places: Iterable[int]) -> list[int]:
        """Those of these that were not looked at yet: the same are found again as beginnings, and reading is dear."""
        return [place for place in places if place not in self._found]

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Look at these too."""
        for row in rows:
            if row[0] not in self._found:
                self._found[row[0]] = self._rank(Passage(*row))

    def sources(self, places: Iterable[int], is_good: Callable[[_Found], bool] = lambda _: True) -> Iterator[bytes]:
        """The events and sessions that the good ones of these are parts of."""
        return (found.passage.source for place in places if is_good(found := self._found[place]))

    def best(self, limit: int) -> list[_Found]:
        """By rank; of the parts of one text only the best."""
        chosen: dict[bytes, _Found] = {}
        for found in sorted(self._found.values(), key=itemgetter(0), reverse=True):
            chosen.setdefault(found.passage.source, found)
        return list(chosen.values())[:limit]


def _hit(found: _Found, title: str, asked: Sequence[str], near: int) -> Hit:
    passage = found.passage
    shown, matches = snippet(passage.text, asked, near)
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
