"""One way to write a word, whoever types it: the same function folds what is indexed and what is asked.

A Dane without a Danish keyboard types `korer` or `koerer` for `kører`, `maade` or `made` for `måde`; a German types
`strasse` for `Straße`. So each letter becomes its base letter, and the second half of a pair goes:

- case and accents go (`É` → `e`), also accents that come as characters of their own
- `ø ö œ` → `o`, `æ ä` → `a`, `å` → `a`, `ü` → `u`, `ß` → `s`, `ð đ` → `d`, `þ` → `t`, `ł` → `l`
- `e` after `a`, `o`, `u` goes (`ae oe ue`), and so do `a` after `a` (`aa`) and `s` after `s` (`ss`)

The price: `does` is found by `dos`. Search therefore puts words found as they were typed first.

Every folded letter comes from exactly one letter of the text, and no letter looks ahead: the folding of a word's
beginning is the beginning of its folding, so that prefixes are found as they are typed.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_BASE = {
    "ø": "o", "œ": "o", "æ": "a", "đ": "d", "ð": "d", "þ": "t", "ł": "l", "ı": "i", "ŋ": "n", "ħ": "h",
}  # fmt: skip
_ACCENT, _GAP = "\0", " "  # what an accent of its own, and what is no part of a word, become at first
_MOST_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 40
_RUN = re.compile(rf"([^{_GAP}{_ACCENT}][^{_GAP}]*)")
_SECOND_HALVES = re.compile(rf"(?<=a)[ae{_ACCENT}]+|(?<=[ou])[e{_ACCENT}]+|(?<=s)[s{_ACCENT}]+|{_ACCENT}")


class Word(NamedTuple):
    """A folded word and where it stood in the text, as (start, end) in characters."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """The folded words of the text, in order, with one space between them."""
    return " ".join(filter(None, folded_pieces(text)[1]))


def folded_pieces(text: str) -> tuple[list[str], list[str]]:
    """What stands between two spaces of the text, in order, and the folded words of each, with one space between."""
    pieces = text.split()
    return pieces, list(map(_PIECES.__getitem__, pieces))


def words(text: str) -> Iterator[Word]:
    """The folded words of the text and their places in it. A word is a run of letters and digits."""
    for run in _RUN.finditer(text.translate(_LETTERS)):
        yield Word(_SECOND_HALVES.sub("", run[1]), run.start(1), run.end(1))


class _Letters(dict[int, str]):
    """For each character the one that stands for it, worked out when it is first met; bounded."""

    def __missing__(self, number: int) -> str:
        letter = _letter(chr(number))
        if len(self) < _MOST_REMEMBERED:
            self[number] = letter
        return letter


def _letter(character: str) -> str:
    if unicodedata.category(character).startswith("M"):
        return _ACCENT
    small = character.casefold()[:1]  # of two letters (ß is ss) the second would go anyway
    parts = unicodedata.normalize("NFKD", small)
    is_accented = all(unicodedata.category(mark).startswith("M") for mark in parts[1:])
    base = parts[0].casefold()[:1] if is_accented else small  # else it is a letter made of letters
    base = _BASE.get(base, base)
    return base if base.isalnum() else _GAP


class _Pieces(dict[str, str]):
    """For what stands between two spaces its folded words: people use the same words again and again. Bounded."""

    def __missing__(self, piece: str) -> str:
        folded = " ".join(_SECOND_HALVES.sub("", piece.translate(_LETTERS)).split())
        if len(piece) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[piece] = folded
        return folded


_LETTERS = _Letters()
_PIECES = _Pieces()
