"""What every emulator must do. Each implementation runs the same tests."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.widgets.terminal.emulator import Emulator, text_of
from app.widgets.terminal.ghostty_emulator import GhosttyEmulator
from app.widgets.terminal.libghostty import library
from app.widgets.terminal.pyte_emulator import PyteEmulator


def ghostty(columns: int, rows: int) -> Emulator:
    """The emulator on Ghostty's core. Where the package has a wheel it must load: nothing is skipped silently."""
    loaded = library()
    assert loaded is not None
    return GhosttyEmulator(loaded, columns, rows)


MAKERS: list[Callable[[int, int], Emulator]] = [PyteEmulator, ghostty]
every_emulator = pytest.mark.parametrize("make", MAKERS)


def shown(emulator: Emulator) -> list[str]:
    """The lines that are not empty, as text."""
    return [text for text in map(text_of, emulator.lines()) if text]


@every_emulator
def test_letters_colours_and_the_cursor(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed(b"plain \x1b[1;31mred\x1b[0m\r\nsecond")
    first = emulator.line(0)
    assert [run.text for run in first] == ["plain ", "red"]
    assert (first[1].column, first[1].style.foreground, first[1].style.bold) == (6, 1, True)
    assert (emulator.cursor.column, emulator.cursor.row, emulator.cursor.visible) == (6, 1, True)


@every_emulator
def test_wide_letters_take_two_columns(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed("æ漢x".encode())
    assert [(run.column, run.text) for run in emulator.line(0)] == [(0, "æ"), (1, "漢"), (3, "x")]
    assert shown(emulator) == ["æ漢x"]


@every_emulator
def test_sequences_may_be_cut_anywhere(make: Callable[[int, int], Emulator]) -> None:
    data = "a\x1b[32mgrøn\x1b[0m\x1b]0;title\x07b\r\nc".encode()
    whole, piecewise = make(20, 4), make(20, 4)
    whole.feed(data)
    for place in range(len(data)):
        piecewise.feed(data[place : place + 1])
    assert whole.lines() == piecewise.lines()


@every_emulator
def test_what_scrolls_away_can_be_scrolled_back_to(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 3)
    emulator.feed(b"".join(b"line %d\r\n" % number for number in range(10)))
    assert emulator.scrollback == 8
    assert text_of(emulator.line(-8)) == "line 0"


@every_emulator
def test_a_smaller_window_loses_nothing(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 10)
    emulator.feed(b"one\r\ntwo\r\nthree")
    emulator.resize(20, 5)
    assert shown(emulator) == ["one", "two", "three"]
    emulator.resize(20, 2)
    assert shown(emulator) == ["two", "three"]
    assert text_of(emulator.line(-1)) == "one"
    assert emulator.cursor.row == 1


@every_emulator
def test_a_full_window_program_gives_the_screen_back(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed(b"before\r\n\x1b[?1049h\x1b[2J\x1b[Hvim is here")
    assert shown(emulator) == ["vim is here"]
    emulator.feed(b"\x1b[?1049l")
    assert shown(emulator) == ["before"]
    assert emulator.cursor.row == 1


@every_emulator
@pytest.mark.parametrize(
    "hidden",
    [b"\x1b]0;a title\x07", b"\x1b]52;c;ZXZpbA==\x1b\\", b"\x1bP+q544e\x1b\\", b"\x1b_apc\x1b\\", b"\xc2\x9d0;x\x07"],
)
def test_strings_in_sequences_leave_no_trace(make: Callable[[int, int], Emulator], hidden: bytes) -> None:
    emulator = make(40, 4)
    emulator.feed(b"a" + hidden + b"b")
    assert text_of(emulator.line(0)).replace("0;x", "") == "ab"
    assert emulator.replies() == b""


@every_emulator
def test_only_status_cursor_and_kind_are_ever_answered(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed(b"ab\x1b[5n\x1b[6n\x1b[c")
    assert emulator.replies() == b"\x1b[0n\x1b[1;3R\x1b[?6c"
    emulator.feed(b"\x1b[21t\x1b[?1;2c\x1b[>q\x05\x1b]10;?\x07\x1b[?6n")
    assert emulator.replies() == b""


@every_emulator
def test_a_flood_of_questions_gets_few_answers(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed(b"\x1b[5n" * 10_000)
    assert len(emulator.replies()) <= 16 * 10


@every_emulator
def test_marks_piled_on_a_letter_are_bounded(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed(("e" + "\u0301" * 5_000).encode())
    assert len(text_of(emulator.line(0))) < 10


@every_emulator
def test_the_far_end_cannot_change_the_size(make: Callable[[int, int], Emulator]) -> None:
    emulator = make(20, 4)
    emulator.feed(b"\x1b[?3h\x1b[8;100;200t")
    assert (emulator.columns, emulator.rows, len(emulator.lines())) == (20, 4, 4)


@every_emulator
@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.from_regex(rb"\x1b\[[?>]?[0-9;]{0,8}[@-~]", fullmatch=True),
            st.from_regex(rb"\x1b[ -~]{1,2}", fullmatch=True),
            st.text(max_size=20).map(str.encode),
        ),
        max_size=12,
    ),
    columns=st.integers(1, 90),
    rows=st.integers(1, 30),
)
def test_nothing_that_is_fed_breaks_it(
    make: Callable[[int, int], Emulator], pieces: list[bytes], columns: int, rows: int
) -> None:
    emulator = make(20, 6)
    for piece in pieces:
        emulator.feed(piece)
        assert len(emulator.lines()) == emulator.rows
    emulator.resize(columns, rows)
    emulator.feed(b"\x1bc\x1b[Hx")
    assert text_of(emulator.line(0)).startswith("x")
    cursor = emulator.cursor
    assert 0 <= cursor.column < columns
    assert 0 <= cursor.row < rows
