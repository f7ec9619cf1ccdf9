"""The far end may draw in the technician's terminal, and do nothing else to it."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.terminal_guard import TerminalGuard
from tests.widgets.terminal.attacks import attacks
from tests.widgets.terminal.chatty import ChattyTerminal
from tests.widgets.terminal.emulators import needs_wheel


@pytest.mark.parametrize(
    "drawing",
    [
        b"plain \xc3\xa6\xc3\xb8\xc3\xa5\r\n",
        "┌─┐ € 漢字 🙂".encode(),
        b"\x1b[1;31mred\x1b[0m",
        b"\x1b[2J\x1b[H\x1b[10;20Hthere\x1b[K",
        b"\x1b[?25l\x1b[?1049h\x1b[?1049l\x1b[?25h",
        b"\x1b(0lqk\x1b(B",
        b"\x1b7\x1b8\x1bM",
    ],
)
def test_what_draws_passes_unchanged(drawing: bytes) -> None:
    assert TerminalGuard().feed(drawing) == drawing


@pytest.mark.parametrize(
    "hostile",
    [
        b"\x1b]52;c;ZXZpbA==\x07",  # sets the clipboard
        b"\x1b]0;title\x1b\\",
        b"\x1b]8;;http://evil.example\x1b\\",
        b"\x1b[c",  # asks who you are: the terminal would type an answer
        b"\x1b[>c",
        b"\x1b[6n",
        b"\x1b[21t",
        b"\x1b[?1000h",  # mouse reports
        b"\x1bP$qm\x1b\\",  # DECRQSS
        b"\x1bP+q544e\x1b\\",  # XTGETTCAP
        b"\x1b_payload\x1b\\",
        b"\x05",  # answerback
        b"\x7f",
        b"\xc2\x9b",  # U+009B: what `ESC [` is, in one character
        b"\xc2\x9d\xc2\x9c",
        b"\x1b[" + b"1;" * 500 + b"m",
        b"\x1b[2h",  # locks the keyboard
        b"\x1b[20h",  # has Return send more than it says
    ],
)
def test_what_could_make_the_terminal_act_is_dropped(hostile: bytes) -> None:
    assert TerminalGuard().feed(b"a" + hostile + b"b") == b"ab"


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_the_cut_of_the_pieces_makes_no_difference(pieces: list[bytes]) -> None:
    guard = TerminalGuard()
    assert b"".join(map(guard.feed, pieces)) == TerminalGuard().feed(b"".join(pieces))


@given(st.binary(max_size=60))
def test_no_control_passes_as_a_character_of_its_own(output: bytes) -> None:
    shown = TerminalGuard().feed(output).decode()  # strictly: what is no character does not pass either
    assert not re.search("[\x80-\x9f]", shown)


_ASKING = re.compile(rb"\x1b\[[0-9;]*[cnqt]|\x1b[\]PX^_]|\x05|\x1b\[[<=>]")


@given(
    st.lists(st.sampled_from([b"\x1b", b"[", b"]", b"P", b"?", b">", b"6", b";", b"n", b"c", b"\x07", b"x", b"\x18"]))
)
def test_nothing_that_asks_ever_passes(pieces: list[bytes]) -> None:
    assert not _ASKING.search(TerminalGuard().feed(b"".join(pieces)))


_DRAWING = re.compile(
    rb"(?:[\x20-\x7e\a\b\t\n\v\f\r\x0e\x0f\x80-\xff]|\x1b\[\?[0-9;?]+[hl]|\x1b\[[0-9:;]*[@A-M|PSTXZ`a-hlmrsu]"
    rb"|\x1b[78DEHM=>c]|\x1b[()*+][\x20-\x7e])*"
)


@needs_wheel
@pytest.mark.parametrize(("kind", "made"), attacks().items())
def test_no_attack_makes_a_terminal_answer(kind: str, made: list[bytes]) -> None:
    """The judge is a terminal that answers whatever it is asked, as people's own terminals do."""
    judge = ChattyTerminal()
    for attack in made:
        guard, began = TerminalGuard(), time.thread_time()
        shown = guard.feed(attack) + guard.feed(b"\x18\x1b\\after")
        assert time.thread_time() - began < 5, kind
        assert _DRAWING.fullmatch(shown), attack[:60]
        assert len(shown) <= 2 * len(attack) + 20
        assert judge.answers_to(shown) == b"", attack[:60]


@needs_wheel
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"\x1b", b"\x1b[", b"\x1b]"])), max_size=12))
def test_random_bytes_make_no_terminal_answer(pieces: list[bytes]) -> None:
    guard = TerminalGuard()
    assert ChattyTerminal().answers_to(b"".join(map(guard.feed, pieces))) == b""


@needs_wheel
def test_the_judge_does_answer() -> None:
    assert ChattyTerminal().answers_to(b"\x1b[6n\x1b]4;1;?\x07") != b""
