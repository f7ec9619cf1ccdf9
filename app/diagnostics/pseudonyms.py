"""Numbers in place of names: "user-1", "host-1".

They are numbers within a kind, not keyed hashes: they need no secret to be kept, nothing can be computed back from
them, and a person can read and say them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.diagnostics.traces import Kind
from app.domain.records import Record

_PSEUDONYM = re.compile(rf"(?<![0-9a-z])(?:{'|'.join(Kind)})-[0-9]+(?![0-9a-z])")


class Replacement(Record):
    """What was taken out, how often, and what stands there now. Stays on the customer's machine: it has originals."""

    kind: Kind
    pseudonym: str
    original: str
    count: int


def standing_in(text: str) -> Iterator[tuple[int, int]]:
    """The spans of a folded text that look like pseudonyms put in earlier."""
    return (match.span() for match in _PSEUDONYM.finditer(text))


@dataclass(slots=True)
class Pseudonyms:
    """Who is called what, and how often that was put in. An original is known by its kind and its folded form."""

    _given: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _shown: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _uses: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    _last: Counter[Kind] = field(default_factory=Counter)
    _avoided: frozenset[str] = frozenset()

    def avoid(self, real_names: Iterable[str]) -> None:
        """Never give these out: a machine may really be called "host-1"."""
        self._avoided = frozenset(real_names)

    def avoids(self, pseudonym: str) -> bool:
        """Whether that is somebody's real name."""
        return pseudonym in self._avoided

    def of(self, kind: Kind, original: str, shown: str) -> str:
        """The pseudonym of this original; `shown` is how the person who is asked to share reads it."""
        key = kind, original
        if key not in self._given:
            self._last[kind] += 1
            while f"{kind}-{self._last[kind]}" in self._avoided:
                self._last[kind] += 1
            self._given[key] = f"{kind}-{self._last[kind]}"
            self._shown[key] = shown
        return self._given[key]

    def used(self, kind: Kind, original: str, shown: str) -> str:
        """The same, and count that it was put in once more."""
        self._uses[kind, original] += 1
        return self.of(kind, original, shown)

    def replaced(self) -> tuple[Replacement, ...]:
        """What was put in so far, by kind and number."""
        order = list(Kind)
        keys = sorted(self._uses, key=lambda key: (order.index(key[0]), int(self._given[key].rpartition("-")[2])))
        return tuple(
            Replacement(kind=key[0], pseudonym=self._given[key], original=self._shown[key], count=self._uses[key])
            for key in keys
        )
