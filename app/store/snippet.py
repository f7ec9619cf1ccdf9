"""The few words around a match, as they were written, and where in them the match stands."""

from collections.abc import Sequence

from app.store.folding import folded_pieces, words

_BEFORE = 60
_LENGTH = 200
_CUT = "…"
_ENDS = ("\n", " ")
"""What stands between the pieces of a text once it is folded, and between the words of a piece."""

Ranges = tuple[tuple[int, int], ...]


def snippet(text: str, asked: Sequence[str], near: int = 0) -> tuple[str, Ranges]:
    """Plain text of about 200 characters around the first match, and the (start, end) of each match in it.

    `asked` are folded words; the last counts as the beginning of a word. Control characters become spaces. Where a
    word at `near` is known to match, the text around it is taken: folding a long text takes long.
    """
    found = [] if near else _matches(text, asked)
    begin, end = _window(text, found[0][0] if found else near)
    if near:  # what is torn at the end reaches beyond the snippet
        found = [(begin + start, begin + stop) for start, stop in _matches(text[begin : end + 1], asked)]
    lead = _CUT if begin > 0 else ""
    tail = _CUT if end < len(text) else ""
    shift = len(lead) - begin
    inside = tuple((start + shift, stop + shift) for start, stop in found if stop <= end)
    return lead + _readable(text[begin:end]) + tail, inside


def _matches(text: str, asked: Sequence[str]) -> list[tuple[int, int]]:
    """The first match and those that can stand in one snippet with it."""
    whole, beginning = frozenset(asked), asked[-1]
    pieces, folded = folded_pieces(text)
    first = _first(folded, asked)
    if first is None:
        return []
    rest = text.split(None, first)[first]
    found: list[tuple[int, int]] = []
    for number, piece in enumerate(folded[first : first + _LENGTH]):
        if piece.startswith(beginning) or piece in whole or " " in piece:
            start = len(text) - len(rest.split(None, number)[number])
            found += [
                (start + word.start, start + word.end)
                for word in words(pieces[first + number])
                if word.folded in whole or word.folded.startswith(beginning)
            ]
    return found


def _first(folded: Sequence[str], asked: Sequence[str]) -> int | None:
    """Which piece is the first with a match. A long text is gone through by Python's own search, which is quick."""
    line = "\n".join(("", *folded, ""))
    parts = [f"{before}{asked[-1]}" for before in _ENDS]
    parts += [f"{before}{word}{after}" for word in asked[:-1] for before in _ENDS for after in _ENDS]
    places = [place for place in map(line.find, parts) if place >= 0]
    return line.count("\n", 0, min(places) + 1) - 1 if places else None


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
