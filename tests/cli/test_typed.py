"""What the customer types at the console, and what it means."""

import os
import pty
import queue
import sys
import termios

import pytest

from app.cli.typed import Echo, Order, Word, order_of, read_lines


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("allow 2", Order(Word.ALLOW, 2)),
        (" Y ", Order(Word.ALLOW)),
        ("no", Order(Word.REFUSE)),
        ("refuse 12", Order(Word.REFUSE, 12)),
        ("take  back 1", Order(Word.TAKE_BACK, 1)),
        ("go on", Order(Word.GO_ON)),
        ("STOP", Order(Word.STOP)),
        ("", Order(Word.NOTHING)),
        ("allow everything", None),
        ("yes please", None),
        ("allow -1", None),
        ("not y", None),
    ],
)
def test_what_a_line_means(line: str, order: Order | None) -> None:
    assert order_of(line) == order


def test_lines_come_whole_and_the_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    said: queue.Queue[str | None] = queue.Queue()
    with os.fdopen(reader) as inside:
        monkeypatch.setattr(sys, "stdin", inside)
        read_lines(said.put, lambda: said.put(None))
        for part in (b"al", b"low 1\npause\r\nhalf"):
            os.write(writer, part)
        assert said.get(timeout=10) == "allow 1"
        assert said.get(timeout=10) == "pause"
        os.close(writer)
        assert said.get(timeout=10) is None  # half a line is no line: the end of input answers nothing


def test_a_password_is_not_echoed_and_the_terminal_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    outside, inside = pty.openpty()
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())  # as in the foreground
    with os.fdopen(inside) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        before = termios.tcgetattr(inside)
        echo = Echo()
        echo.off()
        assert not termios.tcgetattr(inside)[3] & termios.ECHO
        os.write(outside, b"secret\n")
        assert stdin.readline() == "secret\n"
        echo.on()
        echo.on()
        assert termios.tcgetattr(inside) == before
        os.set_blocking(outside, False)
        with pytest.raises(BlockingIOError):
            os.read(outside, 100)
    os.close(outside)
