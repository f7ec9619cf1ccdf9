"""What every emulator must do. Each implementation runs the same tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.widgets.terminal.emulator import SCROLLBACK_LINES, columns_of, cut, text_of
from tests.widgets.terminal.emulators import Maker, every_emulator, shown


@every_emulator
def test_letters_colours_and_the_cursor(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(b"plain \x1b[1;31mred\x1b[0m\r\nsecond")
    first = emulator.line(0)
    assert [run.text for run in first] == ["plain ", "red"]
    assert (first[1].column, first[1].style.foreground, first[1].style.bold) == (6, 1, True)
    assert (emulator.cursor.column, emulator.cursor.row, emulator.cursor.visible) == (6, 1, True)


@every_emulator
def test_wide_letters_take_two_columns(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed("æ漢x".encode())
    assert [(run.column, run.text) for run in emulator.line(0)] == [(0, "æ"), (1, "漢"), (3, "x")]
    assert shown(emulator) == ["æ漢x"]


@every_emulator
def test_sequences_may_be_cut_anywhere(make: Maker) -> None:
    data = "a\x1b[32mgrøn\x1b[0m\x1b]0;title\x07b\r\nc".encode()
    whole, piecewise = make(20, 4), make(20, 4)
    whole.feed(data)
    for place in range(len(data)):
        piecewise.feed(data[place : place + 1])
    assert whole.lines() == piecewise.lines()


@every_emulator
def test_what_scrolls_away_can_be_scrolled_back_to(make: Maker) -> None:
    emulator = make(20, 3)
    emulator.feed(b"".join(b"line %d\r\n" % number for number in range(10)))
    assert emulator.scrollback == 8
    assert text_of(emulator.line(-8)) == "line 0"


@every_emulator
def test_a_smaller_window_loses_nothing(make: Maker) -> None:
    emulator = make(20, 10)
    emulator.feed(b"one\r\ntwo\r\nthree")
    emulator.resize(20, 5)
    assert shown(emulator) == ["one", "two", "three"]
    emulator.resize(20, 2)
    assert shown(emulator) == ["two", "three"]
    assert text_of(emulator.line(-1)) == "one"
    assert emulator.cursor.row == 1


@every_emulator
def test_a_full_window_program_gives_the_screen_back(make: Maker) -> None:
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
def test_strings_in_sequences_leave_no_trace(make: Maker, hidden: bytes) -> None:
    emulator = make(40, 4)
    emulator.feed(b"a" + hidden + b"b")
    assert text_of(emulator.line(0)).replace("0;x", "") == "ab"
    assert emulator.replies() == b""


@every_emulator
def test_only_status_cursor_and_kind_are_ever_answered(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(b"ab\x1b[5n\x1b[6n\x1b[c")
    assert emulator.replies() == b"\x1b[0n\x1b[1;3R\x1b[?6c"
    emulator.feed(b"\x1b[21t\x1b[?1;2c\x1b[>q\x05\x1b]10;?\x07\x1b[?6n")
    assert emulator.replies() == b""


@every_emulator
def test_a_flood_of_questions_gets_few_answers(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(b"\x1b[5n" * 10_000)
    assert len(emulator.replies()) <= 16 * 10


@every_emulator
def test_marks_piled_on_a_letter_are_bounded(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(("e" + "\u0301" * 5_000).encode())
    assert len(text_of(emulator.line(0))) < 10


@every_emulator
def test_the_far_end_cannot_change_the_size(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(b"\x1b[?3h\x1b[8;100;200t")
    assert (emulator.columns, emulator.rows, len(emulator.lines())) == (20, 4, 4)


@every_emulator
def test_what_is_kept_above_the_screen_is_bounded_and_numbered(make: Maker) -> None:
    emulator = make(30, 4)
    for number in range(SCROLLBACK_LINES * 5):
        emulator.feed(b"line %d\r\n" % number)
    kept = emulator.scrollback
    assert SCROLLBACK_LINES // 2 < kept <= 4 * SCROLLBACK_LINES
    assert emulator.scrolled == SCROLLBACK_LINES * 5 - 3
    assert emulator.texts(-kept, 1) == [f"line {emulator.scrolled - kept}"]
    assert text_of(emulator.line(-1)) == f"line {emulator.scrolled - 1}"


@every_emulator
def test_a_flood_in_one_piece_numbers_the_lines_never_backwards(make: Maker) -> None:
    emulator = make(20, 4)
    before = 0
    for _round in range(3):
        emulator.feed(b"x\n" * SCROLLBACK_LINES * 2)
        assert emulator.scrolled > before
        before = emulator.scrolled
    emulator.feed(b"\x1b[3J")
    assert emulator.scrollback == 0
    assert emulator.scrolled >= before


@every_emulator
def test_texts_are_those_of_the_lines(make: Maker) -> None:
    emulator = make(20, 5)
    emulator.feed(
        "one\r\n\r\n  漢字 and ø\r\n\x1b[31mred\x1b[0m  x\r\nlong long long long line\r\nlast\r\n\r\n".encode()
    )
    first = -emulator.scrollback
    expected = [text_of(emulator.line(row)) for row in range(first, emulator.rows)]
    assert emulator.texts(first, len(expected)) == expected
    assert expected[:4] == ["one", "", "  漢字 and ø", "red  x"]
    assert emulator.texts(emulator.rows - 1, 1) == [""]


@every_emulator
def test_columns_and_letters_are_told_apart(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed("a漢e\u0301字b".encode())
    line = emulator.line(0)
    assert [(run.column, run.columns) for run in line] == [(0, 1), (1, 2), (3, 1), (4, 2), (6, 1)]
    assert emulator.cursor.column == 7
    assert cut(line, 1, 4).startswith("漢e") or cut(line, 1, 4).startswith("漢é")
    text = text_of(line)
    assert columns_of(line, text.index("字"), text.index("字") + 1) == (4, 6)
    assert columns_of(line, 0, len(text)) == (0, 7)


@every_emulator
def test_a_wide_letter_does_not_stand_half_on_a_line(make: Maker) -> None:
    emulator = make(5, 3)
    emulator.feed("abcd漢".encode())
    assert shown(emulator) == ["abcd", "漢"]


@every_emulator
def test_a_line_that_the_windows_edge_has_cut_is_told_from_one_that_ended(make: Maker) -> None:
    emulator = make(5, 8)
    emulator.feed(b"one two three\r\nab\r\n12345\r\nx")
    assert shown(emulator) == ["one t", "wo th", "ree", "ab", "12345", "x"]
    assert [emulator.wraps(row) for row in range(6)] == [True, True, False, False, False, False]
    emulator.feed(b"\r\n" * 10)
    assert [emulator.wraps(row - emulator.scrollback) for row in range(6)] == [True, True, False, False, False, False]


@every_emulator
def test_a_sequence_that_is_not_known_takes_nothing_with_it(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(b"\x1b[?Mone\r\ntwo")
    assert shown(emulator) == ["one", "two"]


@every_emulator
def test_an_abort_outside_a_sequence_takes_nothing_with_it(make: Maker) -> None:
    emulator = make(20, 4)
    emulator.feed(b"one\x18two\x1athree")
    assert text_of(emulator.line(0)).replace("\ufffd", "") == "onetwothree"


@every_emulator
def test_all_the_colours(make: Maker) -> None:
    emulator = make(40, 4)
    emulator.feed(b"\x1b[35ma\x1b[95mb\x1b[38;5;196mc\x1b[38;5;244md\x1b[38;2;1;2;3me\x1b[0;42mf\x1b[7;9;3;4mg")
    styles = [run.style for run in emulator.line(0)]
    assert [style.foreground for style in styles[:5]] == [5, 13, "ff0000", "808080", "010203"]
    assert styles[5].background == 2
    assert all((styles[6].reverse, styles[6].struck, styles[6].italic, styles[6].underline))


@every_emulator
def test_an_erased_line_keeps_its_ground(make: Maker) -> None:
    emulator = make(10, 4)
    emulator.feed(b"\x1b[44m\x1b[2K\x1b[H\x1b[0mx")
    assert emulator.line(0)[-1].style.background == 4
    assert text_of(emulator.line(0)) == "x"


@every_emulator
def test_lines_can_be_drawn_with_letters(make: Maker) -> None:
    emulator = make(10, 4)
    emulator.feed(b"\x1b(0lqk\x1b(Bq")
    assert text_of(emulator.line(0)) == "┌─┐q"


@every_emulator
def test_what_programs_ask_of_the_keys_is_known(make: Maker) -> None:
    emulator = make(10, 4)
    assert not any((emulator.application_cursor, emulator.application_keypad, emulator.bracketed_paste))
    emulator.feed(b"\x1b[?1h\x1b=\x1b[?2004h")
    assert emulator.application_cursor
    assert emulator.application_keypad
    assert emulator.bracketed_paste
    emulator.feed(b"\x1b>")
    assert not emulator.application_keypad
    emulator.feed(b"\x1b=\x1bc")
    assert not any((emulator.application_cursor, emulator.application_keypad, emulator.bracketed_paste))


@every_emulator
def test_a_full_window_program_has_nothing_above_it(make: Maker) -> None:
    emulator = make(20, 3)
    emulator.feed(b"1\r\n2\r\n3\r\n4\r\n5")
    numbered = emulator.scrolled
    emulator.feed(b"\x1b[?1049h" + b"in the editor\r\n" * 50)
    assert (emulator.scrollback, emulator.scrolled) == (0, numbered)
    emulator.feed(b"\x1b[?1049l")
    assert (emulator.scrollback, emulator.scrolled) == (2, numbered)


@every_emulator
def test_two_terminals_know_nothing_of_each_other(make: Maker) -> None:
    one, other = make(20, 3), make(20, 3)
    one.feed(b"one\x1b[6n")
    assert shown(other) == []
    assert other.replies() == b""
    assert one.replies() == b"\x1b[1;4R"


@every_emulator
@settings(max_examples=150)
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
def test_nothing_that_is_fed_breaks_it(make: Maker, pieces: list[bytes], columns: int, rows: int) -> None:
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
