"""Text made comparable, without losing where each part of it stood.

Folding takes away what a name may vary in and still be the same name: upper and lower case, accents, the width of
letters, invisible characters. "MØLLER", "Moller" and "møller" fold to the same.
"""

import unicodedata
from dataclasses import dataclass

_LETTERS = {"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Letters of their own that Unicode does not take apart, as people write them on a keyboard that lacks them."""
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` folded, and for each of its characters the place in the original it came from."""

    text: str
    places: tuple[int, ...]
    original: str

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of the folded text came from, with the accents that follow it."""
        first = self.places[start]
        last = self.places[end] if end < len(self.places) else len(self.original)
        if last <= self.places[end - 1]:  # the span ends inside one letter that folds to several
            last = self.places[end - 1] + 1
        return first, last


def folded(text: str) -> Folded:
    """The text folded, character by character."""
    if text.isascii():
        return Folded(text.lower(), tuple(range(len(text))), text)
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in _fold(character):
            characters.append(part)
            places.append(place)
    return Folded("".join(characters), tuple(places), text)


def _fold(character: str) -> str:
    # Folded twice: taking a letter apart can uncover one that has a lower case of its own.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = (part for part in apart if unicodedata.category(part) not in _INVISIBLE)
    return "".join(_LETTERS.get(part, part) for part in kept)
