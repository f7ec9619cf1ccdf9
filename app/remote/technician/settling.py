"""A file that goes to the disk while it is still being written, so that the wait for it at the end is short."""

import os
import threading
from types import TracebackType
from typing import Self

_EVERY = 8 * 1024 * 1024
"""Bytes. Small enough that the last of them are there soon, large enough that the disk is not asked all the time."""


class Settling:
    """Has the disk take what was written to the open file `number`, on a thread of its own, as it grows.

    Leaving it waits until that thread has ended; leaving it in order, until everything is on the disk. Raises `OSError`
    where the disk did not take something, whenever that was.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._written = 0
        self._due = threading.Event()
        self._over = False
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="settling", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def wrote(self, size: int) -> None:
        """So many bytes more were handed to the system. Does not wait."""
        self._written += size
        if self._written >= _EVERY:
            self._written = 0
            self._due.set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._due.set()
        self._thread.join()
        if kind is None:
            if self._error is not None:
                raise self._error  # the system tells it once only
            os.fsync(self._number)

    def _run(self) -> None:
        while self._due.wait() and not self._over:
            self._due.clear()
            try:
                os.fsync(self._number)
            except OSError as error:
                self._error = error
                return
