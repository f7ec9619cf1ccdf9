"""A colleague in the session: sees what the terminal shows, and types into it where the customer allowed that."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import contextlib
import queue
import threading
from collections.abc import Callable

import paramiko

from app.remote.customer.files import Note
from app.remote.customer.terminal import Run
from app.remote.errors import RemoteError

_MOST_WAITING = 256
_CHUNK = 16 * 1024
_LEFT_OUT = b"\r\n[...]\r\n"
_BROKEN = (OSError, EOFError, paramiko.SSHException)


class Watching:
    """One colleague's channel. `show` may be called from any thread and does not wait: who is too slow misses parts.

    `may_see` is asked before each piece goes out, and waits while the customer pauses. `on_typed` gets what they type,
    on a thread of this object's own.
    """

    def __init__(
        self, channel: paramiko.Channel, may_see: Callable[[], bool], on_typed: Callable[[bytes], None]
    ) -> None:
        self._channel = channel
        self._may_see = may_see
        self._on_typed = on_typed
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._skipped = False
        self._ended = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether they have gone."""
        return self._channel.closed

    def start(self) -> None:
        """Begin, on threads of its own."""
        threading.Thread(target=self._send, name="colleague out", daemon=True).start()
        threading.Thread(target=self._read, name="colleague in", daemon=True).start()

    def show(self, data: bytes) -> None:
        """Let them see this, which was recorded already."""
        try:
            self._waiting.put_nowait(_LEFT_OUT + data if self._skipped else data)
            self._skipped = False
        except queue.Full:
            self._skipped = True

    def end(self, status: int) -> None:
        """They see nothing more from now on, and are told why by the channel's exit status. Any thread; never waits."""
        if not self._ended.is_set():
            self._ended.set()
            threading.Thread(target=self._say_goodbye, args=(status,), name="colleague goodbye", daemon=True).start()

    def _say_goodbye(self, status: int) -> None:
        with contextlib.suppress(*_BROKEN):
            self._channel.send_exit_status(status)
        with contextlib.suppress(*_BROKEN):
            self._channel.close()

    def _send(self) -> None:
        with contextlib.suppress(*_BROKEN):
            while (data := self._waiting.get()) is not None:
                if not self._may_see() or self._ended.is_set():
                    return
                self._channel.sendall(data)

    def _read(self) -> None:
        with contextlib.suppress(*_BROKEN):
            while data := self._channel.recv(_CHUNK):
                if self._ended.is_set():
                    break
                self._on_typed(data)
        with contextlib.suppress(*_BROKEN):
            self._channel.close()
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)


class Typing:
    """What one colleague types. The audit says that they did, once for each terminal, before it happens.

    `terminal` tells where it goes now, `may_type` is asked each time, and waits while the customer pauses.
    """

    def __init__(self, name: str, terminal: Callable[[], Run | None], may_type: Callable[[], bool], note: Note) -> None:
        self._name = name
        self._terminal = terminal
        self._may_type = may_type
        self._note = note
        self._noted: set[int] = set()
        self._was_refused = False

    def take(self, data: bytes) -> None:
        """They typed this. On one thread; where it may not be, or cannot be noted, nothing comes of it.

        Waits while the terminal takes no more, and asks anew before each piece of it.
        """
        terminal = self._terminal()
        with contextlib.suppress(OSError, RemoteError):
            while data and terminal is not None and self._is_allowed():
                if terminal.number not in self._noted:
                    self._note("colleague_typed", self._name, terminal=terminal.number)
                    self._noted.add(terminal.number)
                data = data[terminal.type(data) :]

    def _is_allowed(self) -> bool:
        """Whether they may type now; a refusal is noted once."""
        allowed = self._may_type()
        if not allowed and not self._was_refused:
            self._note("refused", f"{self._name}: typing", why="it is not granted now")
        self._was_refused = not allowed
        return allowed
