"""What one sshd says: its lines are told in order, each once, on whichever thread comes first."""

import os
import selectors
import threading
from collections.abc import Callable

_LONGEST_LINE = 4096
_AT_ONCE = 64 * 1024
"""Bytes: as much as a pipe holds, so that one look takes all that was said before it."""


class DoorLog:
    """Takes over `source`, the end of a pipe that sshd writes its log to. A long line counts as its beginning."""

    def __init__(self, source: int, tell: Callable[[str], None]) -> None:
        self._source = source
        self._said = selectors.DefaultSelector()
        self._said.register(source, selectors.EVENT_READ)
        self._tell = tell
        self._turn = threading.Lock()
        self._rest = b""
        self._is_over = False

    def follow(self) -> None:
        """Tell everything until its end, so that sshd never waits for us. For a thread of its own."""
        while not self._is_over:
            self._said.select()
            self.catch_up()
        self._said.close()  # here alone: what another thread closed could be another file by the next wait
        os.close(self._source)

    def catch_up(self) -> None:
        """What sshd had said when this was called has been told when it returns."""
        with self._turn:
            if self._is_over or not self._said.select(0):  # another thread was here first
                return
            said = os.read(self._source, _AT_ONCE)
            *lines, rest = (self._rest + said).split(b"\n")
            if not said:
                self._is_over = True
                lines, rest = [rest] if rest else [], b""
            self._rest = rest[:_LONGEST_LINE]
            for line in lines:
                self._tell(line[:_LONGEST_LINE].decode(errors="replace").strip())
