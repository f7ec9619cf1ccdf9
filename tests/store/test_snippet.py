"""Snippets: the text as it was written, cut around the match, ranges that fit."""

from hypothesis import given
from hypothesis import strategies as st

from app.store.folding import fold
from app.store.snippet import snippet


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("Die Straße\nist lang", ["strase", "l"]) == ("Die Straße ist lang", ((4, 10), (15, 19)))


def test_a_long_text_is_cut_at_spaces_around_the_match() -> None:
    text = "before " * 50 + "kører " + "after " * 100
    shown, ((start, end),) = snippet(text, ["korer"])
    assert shown[start:end] == "kører"
    assert shown.startswith("…before ")
    assert shown.endswith(" after…")
    assert len(shown) <= 202


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    shown, matches = snippet("x" * 1000, ["x"])
    assert len(shown) <= 202
    assert matches == ()


@given(st.text(max_size=500), st.data())
def test_ranges_lie_in_the_snippet_and_mark_what_was_asked(text: str, data: st.DataObject) -> None:
    asked = fold(text).split()
    if not asked:
        return
    word = data.draw(st.sampled_from(asked))
    shown, matches = snippet(text, [word])
    assert len(shown) <= 202
    assert all(fold(shown[start:end]).startswith(word) for start, end in matches)


@given(st.text(max_size=300), st.text(max_size=400))
def test_a_place_that_is_known_to_match_is_shown(before: str, after: str) -> None:
    text = f"{before} printer {after}"
    near = len(before) + 1
    shown, matches = snippet(text, ["printer"], near)
    assert "printer" in [shown[start:end] for start, end in matches]
    assert all(fold(shown[start:end]).startswith("printer") for start, end in matches)
    assert len(shown) <= 202


def test_what_stands_before_a_place_that_is_known_to_match_is_marked_too() -> None:
    shown, matches = snippet("ü u", ["u"], 2)
    assert [shown[start:end] for start, end in matches] == ["ü", "u"]
