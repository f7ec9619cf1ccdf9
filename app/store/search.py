"""Search in all that is on this machine: folded words, the last one as the beginning of a word.

A query is words and nothing else: no sign in it has a meaning. Passages with the words just as they were typed come
first, then those where they are parts of words, then those that only fold to them; among equals the newest.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.store.connection import Connection
from app.store.folding import fold
from app.store.records import Hit
from app.store.snippet import snippet

_MOST_WORDS = 16
_MOST_CHARACTERS = 400
_POOL = 200
"""How many of the newest passages with the words are looked at for the best ones, at least."""

_QUERY = """
SELECT passage.case_id, coalesce(case_row.title, ''), passage.source, passage.at, passage.author, passage.text,
       passage.session, passage.event
FROM word JOIN passage ON passage.place = word.rowid LEFT JOIN case_row ON case_row.id = passage.case_id
WHERE word MATCH ? ORDER BY word.rowid DESC LIMIT ?
"""


class _Passage(NamedTuple):
    case_id: bytes
    title: str
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
    question = " AND ".join(f'"{word}"' for word in asked) + "*"
    pool = [_Passage(*row) for row in connection.execute(_QUERY, (question, max(_POOL, 2 * limit)))]
    return tuple(_hit(passage, asked) for passage in _best(pool, typed, limit))


def _best(pool: Sequence[_Passage], typed: str, limit: int) -> list[_Passage]:
    """By rank; of the parts of one text only the best."""
    literal = [word.casefold() for word in typed.split()]
    whole = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in literal]

    def rank(passage: _Passage) -> tuple[bool, bool, str]:
        text = passage.text.casefold()
        parts = all(word in text for word in literal)
        return parts and all(word.search(text) for word in whole), parts, passage.at

    chosen: dict[bytes, _Passage] = {}
    for passage in sorted(pool, key=rank, reverse=True):
        chosen.setdefault(passage.source, passage)
    return list(chosen.values())[:limit]


def _hit(passage: _Passage, asked: Sequence[str]) -> Hit:
    shown, matches = snippet(passage.text, asked)
    return Hit(
        case_id=UUID(bytes=passage.case_id),
        title=passage.title,
        where=passage.where,  # type: ignore[arg-type]  # only a Place is ever written
        at=datetime.fromisoformat(passage.at),
        author=passage.author,
        snippet=shown,
        matches=matches,
        session=UUID(bytes=passage.session) if passage.session else None,
    )
