"""Plain text of terminal output: what a person would have read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.remote.plain_text import PlainText, plain_text


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("hello\r\nworld\r\n", "hello\nworld"),
        ("\x1b[1;31mred\x1b[0m \x1b(Bplain", "red plain"),
        ("10 %\r50 %\r100 %\r\n", "100 %"),
        ("lang linje\rkort\x1b[K\r\n", "kort"),
        ("ab\bc", "ac"),
        ("a\tb", "a       b"),
        ("\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link", "textlink"),
        ("\x1bPsecret\x1b\\shown", "shown"),
        ("\x1b]52;c;never ended\nstill found", "still found"),
        ("one\x1b[5;1Htwo", "one\ntwo"),
        ("a\x1b[3Cb", "a   b"),
        ("abc\x1b[2D\x1b[1K", "  c"),
        ("gone\x1b[2Kleft", "    left"),
        ("smørrebrød ß 漢字", "smørrebrød ß 漢字"),
        ("a\n\n\n\nb", "a\n\nb"),
    ],
)
def test_output_becomes_what_was_read(output: str, text: str) -> None:
    assert plain_text(output.encode()) == text


@given(st.lists(st.sampled_from(["\x1b", "[", "]", "31", ";", "m", "K", "\r", "\n", "\b", "\x07", "x", "ø", "\x9b"])))
def test_no_escape_is_left_however_output_is_split(pieces: list[str]) -> None:
    text = PlainText()
    for piece in pieces:
        text.feed(piece)
    assert not any(character < " " and character != "\n" for character in text.text())
    assert text.text() == plain_text("".join(pieces).encode())


def test_a_flood_is_bounded() -> None:
    text = PlainText(limit=10_000)
    began = time.thread_time()
    for _ in range(200):
        text.feed("x" * 60_000 + "\r" + "\x1b[" * 2000 + "\x1b]" + "y" * 5000)
        text.feed("line\n" * 500)
    assert len(text.text()) <= 10_000
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("piece", ["\x1b]" + "y" * 1000, "\x1b[", "1;", "\x1b"])
def test_a_sequence_that_never_ends_costs_little(piece: str) -> None:
    text = PlainText()
    began = time.thread_time()
    for _ in range(5000):
        text.feed(piece)
    assert time.thread_time() - began < 5
