"""The words of a text, cut to their stems, for finding what is alike: rough, and the same in all languages."""

import re
from functools import cache

_LETTERS = r"[^\W_]"


def stems(text: str, *, shortest: int, letters: int) -> frozenset[str]:
    """The text's words of `shortest` letters or more, each cut to so many: `print`, `prints`, `printer` become one."""
    return frozenset(word[:letters] for word in _words(shortest).findall(text.casefold()))


@cache
def _words(shortest: int) -> re.Pattern[str]:
    return re.compile(f"{_LETTERS}{{{shortest},}}")
