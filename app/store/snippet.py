"""The few words around a match, as they were written, and where in them the match stands."""

from collections.abc import Sequence

from app.store.folding import words_with

_BEFORE = 60
_LENGTH = 200
_CUT = "…"

Ranges = tuple[tuple[int, int], ...]


def snippet(text: str, asked: Sequence[str]) -> tuple[str, Ranges]:
    """Plain text of about 200 characters around the first match, and the (start, end) of each match in it.

    `asked` are folded words; the last counts as the beginning of a word. Control characters become spaces.
    """
    found = _matches(text, asked)
    begin, end = _window(text, found[0][0] if found else 0)
    lead = _CUT if begin > 0 else ""
    tail = _CUT if end < len(text) else ""
    shift = len(lead) - begin
    inside = tuple((start + shift, stop + shift) for start, stop in found if stop <= end)
    return lead + _readable(text[begin:end]) + tail, inside


def _matches(text: str, asked: Sequence[str]) -> list[tuple[int, int]]:
    """The first match and those that can stand in one snippet with it."""
    whole, beginning = set(asked), asked[-1]
    found: list[tuple[int, int]] = []
    for word in words_with(text, "".join(sorted({each[0] for each in asked}))):
        if found and word.start > found[0][0] + _LENGTH:
            break
        if word.folded in whole or word.folded.startswith(beginning):
            found.append((word.start, word.end))
    return found


def _readable(text: str) -> str:
    text = text.replace("\n", " ")
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else " " for character in text)


def _window(text: str, match: int) -> tuple[int, int]:
    """Where to cut: at spaces near the wanted length, so that no word is torn if that can be helped."""
    begin = max(0, match - _BEFORE)
    if begin > 0:
        space = text.find(" ", begin, match)
        begin = space + 1 if space >= 0 else begin
    end = min(len(text), begin + _LENGTH)
    if end < len(text):
        space = text.rfind(" ", match, end)
        end = space if space > match else end
    return begin, end
