"""Folding: whoever types a word, with whatever keyboard, means the same word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.folding import fold, words

_LETTERS = "abcdefghijklmnopqrstuvwxyzøæåöäüßéèñçABCXYZØÆÅÖÄÜ0123456789"
_words = st.text(_LETTERS, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("kører", "korer"),
        ("kører", "koerer"),
        ("KØRER", "kører"),
        ("måde", "maade"),
        ("måde", "made"),
        ("læse", "laese"),
        ("læse", "lase"),
        ("Straße", "STRASSE"),
        ("Straße", "strase"),
        ("Müller", "mueller"),
        ("Müller", "muller"),
        ("Ærø", "aeroe"),
        ("Ångström", "Aangstroem"),
        ("båer", "baer"),
        ("café", "cafe\u0301"),
        ("naïve", "NAIVE"),
        ("Œuvre", "oeuvre"),
    ],
)
def test_ways_to_write_one_word(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_words_are_letters_and_digits_and_the_rest_parts_them() -> None:
    assert fold("  /etc/hosts: 192.168.1.5 — snake_case\x00\ud800end ") == "etc hosts 192 168 1 5 snake case end"


def test_letters_made_of_letters_stay_whole() -> None:
    assert fold("한국어 日本語") == "한국어 日本語"


@given(_words)
def test_case_and_composition_do_not_matter(word: str) -> None:
    forms = {word, word.upper(), word.lower(), word.title(), word.swapcase()}
    forms |= {unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in forms}
    assert {fold(form) for form in forms} == {fold(word)}


@given(_words, _words)
def test_the_beginning_of_a_word_folds_to_the_beginning_of_its_folding(beginning: str, rest: str) -> None:
    assert fold(beginning + rest).startswith(fold(beginning))


@given(st.text(max_size=60))
def test_folding_is_settled_and_words_lie_where_they_say(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for word in words(text):
        assert word.start < word.end <= len(text)
        assert fold(text[word.start : word.end]) == word.folded
