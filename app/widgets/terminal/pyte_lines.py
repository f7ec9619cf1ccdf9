"""Makes a line of runs from a row of pyte's, which keeps each letter as a record of its own."""

import re
from functools import lru_cache
from typing import Any

from app.widgets.terminal.emulator import Line, Run, Style

_HEXADECIMAL = re.compile("[0-9a-f]{6}")
_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_NUMBERS = {name: number for number, name in enumerate(_NAMES)} | {
    f"bright{name}": number + 8 for number, name in enumerate(_NAMES)
}


def line_of(letters: Any, columns: int) -> Line:
    """The letters of a row (by column, as pyte has them) by style, up to so many columns."""
    if not letters:
        return ()
    runs: list[Run] = []
    start, text, look = 0, "", letters[0][1:]
    for column in range(min(columns, max(letters) + 1)):
        letter = letters[column]
        plain = letter.data.isascii() and letter.data != ""
        if text and (letter[1:] != look or not plain):
            runs.append(Run(start, text, _style(look)))
            text = ""
        if not plain:
            if letter.data:
                wide = column + 1 in letters and not letters[column + 1].data
                runs.append(Run(column, letter.data, _style(letter[1:]), wide))
            continue
        if not text:
            start, look = column, letter[1:]
        text += letter.data
    if text:
        runs.append(Run(start, text, _style(look)))
    return tuple(runs)


@lru_cache(maxsize=1024)
def _style(look: tuple[str, str, bool, bool, bool, bool, bool, bool]) -> Style:
    foreground, background, bold, italic, underline, struck, reverse, _blink = look
    return Style(_colour(foreground), _colour(background), bold, italic, underline, struck, reverse)


def _colour(untrusted: str) -> int | str | None:
    if untrusted in _NUMBERS:
        return _NUMBERS[untrusted]
    return untrusted if _HEXADECIMAL.fullmatch(untrusted) else None
