"""What one sshd says: its lines are told in order, each once, on whichever thread comes first."""

import os
import select
import threading
from collections.abc import Callable

_LONGEST_LINE = 4096
_AT_ONCE = 64 * 1024
"""Bytes: as much as a pipe holds, so that one look takes all that was said before it."""


class DoorLog:
    """Takes over `source`, the end of a pipe that sshd writes its log to. A long line counts as its beginning."""

    def __init__(self, source: int, tell: Callable[[str], None]) -> None:
        os.set_blocking(source, False)
        self._source = source
        self._tell = tell
        self._turn = threading.Lock()
        self._rest = b""
        self._is_over = False

    def follow(self) -> None:
        """Tell everything until its end, so that sshd never waits for us. For a thread of its own."""
        waiting = select.poll()
        waiting.register(self._source, select.POLLIN)
        while not self._is_over:
            waiting.poll()
            self.catch_up()
        os.close(self._source)  # here alone: what another thread closed could be another file by the next wait

    def catch_up(self) -> None:
        """What sshd had said when this was called has been told when it returns."""
        with self._turn:
            if self._is_over:
                return
            try:
                said = os.read(self._source, _AT_ONCE)
            except BlockingIOError:  # another thread was here first
                return
            *lines, rest = (self._rest + said).split(b"\n")
            if not said:
                self._is_over = True
                lines, rest = [rest] if rest else [], b""
            self._rest = rest[:_LONGEST_LINE]
            for line in lines:
                self._tell(line[:_LONGEST_LINE].decode(errors="replace").strip())
