"""Text from elsewhere, made fit to stand in a line of a window: one line, bounded, nothing hidden in it."""

import unicodedata

_MOST_MARKS = 2
_LONGEST_WORD = 24
_HIDDEN = "\N{REPLACEMENT CHARACTER}"
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"


def plain_line(untrusted: str, most: int = 300) -> str:
    """At most `most` letters in one line; of longer text the beginning and the end, with an ellipsis between.

    Controls, and letters that are not seen (those that turn the direction of writing among them), show as `�`; marks
    piled upon one letter are left out from the third on.
    """
    bounded = untrusted if len(untrusted) <= 2 * most else f"{untrusted[:most]} {untrusted[-most:]}"
    words = " ".join(bounded.split())
    plain = words.isascii() and words.isprintable()  # nearly always, and a flood of it must not cost much
    return _shortened(words if plain else "".join(_seen(words)), most)


def breakable(line: str) -> str:
    """The same line for a label that wraps: it may be broken inside words that no line would hold."""
    return " ".join(
        _MAY_BREAK.join(word[place : place + _LONGEST_WORD] for place in range(0, len(word), _LONGEST_WORD))
        for word in line.split(" ")
    )


def _seen(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= _MOST_MARKS:
            kept.append(letter if letter.isprintable() else _HIDDEN)
    return kept


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    end = most // 4
    return f"{text[: most - end - 1]}…{text[-end:]}"
