"""Sends what is typed to the far end, in order, on a thread of its own: the window never waits for the network."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.errors import BistandError

_log = logging.getLogger(__name__)
_LONGEST_GOODBYE = 3.0


class Far(Protocol):
    """The far end's shell, as `app.flows.join_session` gives it."""

    def write(self, data: bytes) -> None:
        """What was typed. May wait."""

    def resize(self, columns: int, rows: int) -> None:
        """The terminal's size."""

    def wait(self, timeout: float | None = None) -> object:
        """Until it has ended."""

    def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True, slots=True)
class _Size:
    columns: int
    rows: int


class ShellWriter:
    """A service object. `write` and `resize` may be called from any thread and never wait.

    `on_end` is called with it, on a thread of its own, when the shell has ended, by whomever.
    """

    def __init__(self, shell: Far, on_end: Callable[["ShellWriter"], None] = lambda _: None) -> None:
        self._shell = shell
        self._on_end = on_end
        self._watcher = threading.Thread(target=self._watch, name="shell end", daemon=True)
        self._waiting: queue.SimpleQueue[bytes | _Size | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="shell writer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._watcher.start()

    def write(self, data: bytes) -> None:
        """Send this."""
        self._waiting.put(data)

    def resize(self, columns: int, rows: int) -> None:
        """Tell the terminal's size."""
        self._waiting.put(_Size(columns, rows))

    def close(self) -> None:
        """Hang up, and return once the thread is gone."""
        self._waiting.put(None)
        self._shell.close()
        for thread in (self._thread, self._watcher):
            if thread.ident is not None:
                thread.join(_LONGEST_GOODBYE)

    def _watch(self) -> None:
        self._shell.wait()
        self._on_end(self)

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            try:
                if isinstance(item, _Size):
                    self._shell.resize(item.columns, item.rows)
                else:
                    self._shell.write(item)
            except BistandError as error:
                _log.info("the shell takes nothing more: %s", error)
                return
