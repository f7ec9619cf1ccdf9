"""An open folder, as SFTP lists it: bit by bit, so that a large one takes no memory."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import errno
import os
import weakref
from collections.abc import Callable
from contextlib import suppress

import paramiko

_AT_ONCE = 64
_MOST_LISTED = 100_000


class Listing(paramiko.SFTPHandle):
    """Takes over `folder`, an open descriptor. `hidden` tells what is left out, `still` whether it is granted now."""

    def __init__(self, folder: int, *, hidden: Callable[[os.stat_result], bool], still: Callable[[], bool]) -> None:
        super().__init__(0)
        self._folder = folder
        self._entries = os.scandir(folder)
        # Also where it is forgotten, as when the session is cut while it is being opened.
        self._let_go = weakref.finalize(self, _let_go, self._entries.close, folder)
        self._hidden = hidden
        self._still = still
        self._left = _MOST_LISTED

    def fileno(self) -> int:
        """The descriptor, -1 once it is closed."""
        return self._folder

    def close(self) -> None:
        """Let go of the folder. Idempotent."""
        self._folder = -1
        self._let_go()

    def _get_next_files(self) -> list[paramiko.SFTPAttributes]:
        """Some more entries, none at the end (paramiko asks). Raises `PermissionError`."""
        if not self._still():
            raise PermissionError(errno.EACCES, "not granted any more")
        found: list[paramiko.SFTPAttributes] = []
        while len(found) < _AT_ONCE and self._left > 0 and (entry := next(self._entries, None)) is not None:
            with suppress(OSError):
                facts = os.stat(entry.name, dir_fd=self._folder, follow_symlinks=False)
                if not self._hidden(facts):
                    found.append(paramiko.SFTPAttributes.from_stat(facts, _sendable(entry.name)))
                    self._left -= 1
        return found


def _let_go(close: Callable[[], None], folder: int) -> None:
    close()
    os.close(folder)


def _sendable(name: str) -> str:
    """A name as text that can be sent; what is no UTF-8 shows as a question mark."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
