"""Hostile output: nothing comes back but keystrokes and a few answers, nothing breaks, hangs or grows."""

import re
import time
from functools import partial
from itertools import pairwise

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.widgets.terminal.emulator import SCROLLBACK_LINES, text_of
from app.widgets.terminal.terminal_view import TerminalView
from tests.widgets.terminal.attacks import ALLOWED_REPLIES, attacks
from tests.widgets.terminal.emulators import Maker, every_emulator

_ATTACKS = attacks()
_MOST_SECONDS = 5.0
_MOST_MEGABYTES = 120
_QUIET = set(_ATTACKS) - {"questions", "memory", "encodings", "cuts and nesting"}
"""Kinds that ask nothing which may be answered."""


def test_the_corpus_is_broad() -> None:
    assert sum(map(len, _ATTACKS.values())) > 1000
    assert all(len(set(kind)) == len(kind) > 10 for kind in _ATTACKS.values())


@every_emulator
@pytest.mark.parametrize("kind", _ATTACKS)
def test_nothing_comes_back_but_the_allowed(make: Maker, kind: str) -> None:
    emulator = make(40, 8)
    for attack in _ATTACKS[kind]:
        began = time.monotonic()
        for piece in (attack, b"\x18\x1b\\after\r\n"):
            emulator.feed(piece)
        replies = emulator.replies()
        assert ALLOWED_REPLIES.fullmatch(replies), attack[:60]
        assert len(replies) <= 16 * 10, attack[:60]
        if kind in _QUIET:
            assert replies == b"", attack[:60]
        assert len(emulator.lines()) == emulator.rows == 8, attack[:60]
        assert emulator.scrollback <= 4 * SCROLLBACK_LINES
        assert time.monotonic() - began < _MOST_SECONDS, attack[:60]
    emulator.feed(b"\x1b\\\x1bc\x1b[Hstill here")
    assert text_of(emulator.line(0)) == "still here"


@every_emulator
def test_memory_stays_bounded(make: Maker) -> None:
    emulator = make(40, 8)
    worst = [attack for kind in ("memory", "sizes and counts", "graphics") for attack in _ATTACKS[kind]]
    own = psutil.Process()
    before = own.memory_info().rss
    for _round in range(3):
        for attack in worst:
            emulator.feed(attack)
    assert own.memory_info().rss - before < _MOST_MEGABYTES * 1024 * 1024


def test_a_window_sends_keystrokes_and_answers_and_nothing_else(qtbot: QtBot) -> None:
    view = TerminalView("terminal")
    qtbot.addWidget(view)
    sent: list[bytes] = []
    view.sent.connect(sent.append)
    view.set_live(True)
    view.show()
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("the person's own")
    title = view.window().windowTitle()
    for number, attack in enumerate(attack for kind in _ATTACKS.values() for attack in kind):
        view.output(attack + b"\x18\x1b\\\x1bc")
        if number % 50 == 0:
            view.output(b"now %d" % number)
            qtbot.waitUntil(partial(_says, view, f"now {number}"))
            sent.append(b"|")
            QTest.keyClick(view, Qt.Key.Key_A)
            assert sent.pop() == b"a"
            sent.pop()
    assert all(ALLOWED_REPLIES.fullmatch(answer) for answer in sent)
    assert clipboard.text() == "the person's own"
    assert view.window().windowTitle() == title


def _says(view: TerminalView, words: str) -> bool:
    return words in view.text()


_CONTROL_AFTER_ESCAPE = re.compile(rb"\x1b[\x00-\x1a\x7f-\xff]")
"""Ghostty's core takes this differently, and harmlessly, where it is cut in two."""

_PIECES = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from([attack for kind in _ATTACKS.values() for attack in kind if len(attack) < 200]),
        st.from_regex(rb"\x1b\[[<=>?!]?[0-9;:]{0,12}[ -/]?[@-~]", fullmatch=True),
    ),
    max_size=10,
)


@every_emulator
@settings(max_examples=150)
@given(pieces=_PIECES, cuts=st.lists(st.integers(0, 400), max_size=6))
def test_bytes_of_any_kind_cut_anywhere_do_no_harm(make: Maker, pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    whole, cut = make(20, 5), make(20, 5)
    whole.feed(data)
    edges = sorted({0, len(data), *(place for place in cuts if place < len(data))})
    for start, end in pairwise(edges):
        cut.feed(data[start:end])
    replies, other = whole.replies(), cut.replies()
    assert ALLOWED_REPLIES.fullmatch(replies)
    assert ALLOWED_REPLIES.fullmatch(other)
    if not _CONTROL_AFTER_ESCAPE.search(data):
        assert (cut.lines(), cut.cursor, other) == (whole.lines(), whole.cursor, replies)
    assert whole.scrolled >= whole.scrollback
