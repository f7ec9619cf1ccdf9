"""What the customer types while a session waits or is on: lines from a terminal or a pipe, and what they mean."""

import os
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

_LONGEST = 4096
_AGAIN_SECONDS = 0.5


class Word(Enum):
    """What can be typed."""

    ALLOW = "allow"
    REFUSE = "refuse"
    TAKE_BACK = "take back"
    PAUSE = "pause"
    GO_ON = "go on"
    STOP = "stop"
    PASSWORD = "password"  # noqa: S105 - a word that is typed, and no password
    LIST = "list"
    HELP = "help"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a line means. `number` is which one, where one was named."""

    word: Word
    number: int | None = None


_SAYINGS = (
    (Word.ALLOW, r"(?:allow|y|yes)"),
    (Word.REFUSE, r"(?:refuse|n|no)"),
    (Word.TAKE_BACK, r"take\s+back"),
)
_PLAIN = {
    "pause": Word.PAUSE,
    "go on": Word.GO_ON,
    "stop": Word.STOP,
    "password": Word.PASSWORD,
    "list": Word.LIST,
    "help": Word.HELP,
    "?": Word.HELP,
    "": Word.NOTHING,
}


def order_of(line: str) -> Order | None:
    """What a line means, or None where it means nothing."""
    words = " ".join(line.lower().split())
    if words in _PLAIN:
        return Order(_PLAIN[words])
    for word, saying in _SAYINGS:
        found = re.fullmatch(rf"{saying}(?:\s+(\d{{1,6}}))?", words)
        if found is not None:
            return Order(word, int(found[1]) if found[1] else None)
    return None


def read_lines(on_line: Callable[[str], None], on_end: Callable[[], None]) -> None:
    """Hand on each line that is typed, on a thread of its own; `on_end` once nothing more can come.

    Not by `sys.stdin`, whose lock would hold up our own end.
    """
    threading.Thread(target=_read, args=(on_line, on_end), name="typed", daemon=True).start()


def _read(on_line: Callable[[str], None], on_end: Callable[[], None]) -> None:
    rest = b""
    wait = threading.Event()
    while True:
        try:
            data = os.read(sys.stdin.fileno(), _LONGEST)
        except (OSError, ValueError):
            if not _is_terminal():
                break
            wait.wait(_AGAIN_SECONDS)  # we are in the background, where nobody may read; we may come back
            continue
        if not data:
            break
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            on_line(line.decode("utf-8", "replace").rstrip("\r"))
        rest = rest[:_LONGEST]
    on_end()


def _is_terminal() -> bool:
    try:
        return sys.stdin.isatty()
    except ValueError:  # closed
        return False


class Echo:
    """Whether the console's own terminal shows what is typed. Does nothing where the input is no terminal."""

    def __init__(self) -> None:
        self._before: list[Any] | None = None

    def off(self) -> None:
        """Show no more what is typed; what was typed and not read yet is thrown away."""
        if sys.platform == "win32" or not _is_terminal() or self._before is not None:
            return
        if os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp():
            return  # in the background: the terminal is somebody else's now
        import termios

        self._before = termios.tcgetattr(sys.stdin)
        hidden = termios.tcgetattr(sys.stdin)
        hidden[3] &= ~termios.ECHO
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, hidden)

    def on(self) -> None:
        """As it was before. Idempotent."""
        if sys.platform == "win32" or self._before is None:
            return
        import termios

        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)
        self._before = None
