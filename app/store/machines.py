"""Machines by the name that a query gives them: their cases are what is looked for, before mentions in passing.

Belongs to the store's own thread.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from app.store.connection import Connection
from app.store.folding import fold

_MOST_CASES = 50
"""How many of a machine's cases come first: those that changed last."""

_SEARCHED_CASES, _SEARCHED_PASSAGES = 20, 200
"""Where more than the machine is asked for, how much of what was written of it is read for the rest, the newest first.

Terminals are too long for that: they are found where they have all the words.
"""

_NAMED = "SELECT DISTINCT machine_words FROM case_row WHERE machine_words IN ({})"
_CASES = "SELECT id FROM case_row WHERE machine_words = ? ORDER BY changed_at DESC LIMIT ?"
_COLUMNS = "place, case_id, source, at, author, text, session, event"
_OPENINGS = f"""
SELECT {_COLUMNS} FROM passage
WHERE place IN (SELECT min(place) FROM passage WHERE case_id IN ({{}}) AND source = 'case' GROUP BY case_id)
"""  # noqa: S608 - no value in it
_OF_CASES = f"""
SELECT {_COLUMNS} FROM passage WHERE place IN (
    SELECT place FROM passage WHERE case_id IN ({{}}) AND source <> 'terminal'
    ORDER BY place DESC LIMIT {_SEARCHED_PASSAGES}
)
"""  # noqa: S608 - no value in it


class Named(NamedTuple):
    """The newest cases of the machine that a query names, and the folded words that are left of the query."""

    ids: tuple[bytes, ...]
    rest: tuple[str, ...]
    is_rest_open: bool
    """Whether the last word of the rest may be the beginning of one."""


def cases_named(connection: Connection, asked: Sequence[str]) -> Named:
    """The cases of the machine whose whole name is among these folded words; of several the longest name."""
    spans = {" ".join(asked[begin:end]): (begin, end) for begin, end in combinations(range(len(asked) + 1), 2)}
    places = ", ".join("?" * len(spans))
    found = [row[0] for row in connection.execute(_NAMED.format(places), list(spans))]
    if not found:
        return Named((), (), False)
    name = max(found, key=lambda words: (len(words.split()), words))
    begin, end = spans[name]
    ids = tuple(row[0] for row in connection.execute(_CASES, (name, _MOST_CASES)))
    return Named(ids, (*asked[:begin], *asked[end:]), end < len(asked))


def passages(connection: Connection, named: Named, limit: int) -> Iterator[tuple[Any, ...]]:
    """What these cases have to say: how each began, or, where more was asked for, the passages that have it."""
    if not named.ids:
        return
    ids = named.ids[: _SEARCHED_CASES if named.rest else limit]
    query = (_OF_CASES if named.rest else _OPENINGS).format(", ".join("?" * len(ids)))
    for row in connection.execute(query, ids):
        if not named.rest or _has(row[5], named):
            yield row


def _has(text: str, named: Named) -> bool:
    words = fold(text).split()
    whole = named.rest[:-1] if named.is_rest_open else named.rest
    return set(whole) <= set(words) and (
        not named.is_rest_open or any(word.startswith(named.rest[-1]) for word in words)
    )
