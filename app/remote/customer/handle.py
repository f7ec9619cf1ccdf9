"""An open file of a granted folder, as SFTP reads and writes it."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import paramiko
from paramiko.sftp import SFTP_EOF, SFTP_FAILURE, SFTP_OK, SFTP_PERMISSION_DENIED

LONGEST_READ = 256 * 1024
_CHUNK = 1024 * 1024
_FARTHEST = 256 * 1024 * 1024
"""How far beyond its end, in bytes, a file may grow at once: one byte sent must not make a checksum of terabytes."""


class Handle(paramiko.SFTPHandle):
    """An open file. Its checksum is reckoned as the bytes pass, as long as they pass in order.

    `still` tells whether it is granted at this moment. `done` gets the size (bytes) and the SHA-256 (hex) of what
    passed, once, at the end.
    """

    def __init__(
        self, opened: int, *, writes: bool, append: bool, still: Callable[[], bool], done: Callable[[int, str], None]
    ) -> None:
        super().__init__(0)
        self._opened = opened
        self._writes = writes
        self._append = append
        self._still = still
        self._done = done
        self._sum = hashlib.sha256()
        self._summed = 0
        self._in_order = True
        self._closing = threading.Lock()

    def read(self, offset: int, length: int) -> bytes | int:
        """At most 256 KiB from `offset` (bytes)."""
        if self._writes or not self._still():
            return SFTP_PERMISSION_DENIED
        try:
            data = os.pread(self._opened, min(length, LONGEST_READ), offset)
        except OSError as error:
            return error_code(error)
        self._count(offset, data)
        return data or SFTP_EOF

    def write(self, offset: int, data: bytes) -> int:  # type: ignore[override]  # paramiko itself sends bytes
        """All of `data` at `offset`, or an error."""
        if not self._writes or not self._still():
            return SFTP_PERMISSION_DENIED
        try:
            size = os.fstat(self._opened).st_size
            at = size if self._append else offset
            if at > size + _FARTHEST:
                return SFTP_FAILURE
            whole = left = memoryview(data)
            while left:
                written = os.pwrite(self._opened, left, at + len(whole) - len(left))
                left = left[written:]
        except OSError as error:
            return error_code(error)
        self._count(at, whole)
        return SFTP_OK

    def stat(self) -> paramiko.SFTPAttributes | int:
        """The open file's size, times and rights."""
        try:
            return paramiko.SFTPAttributes.from_stat(os.fstat(self._opened))
        except OSError as error:
            return error_code(error)

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        """Set rights, times or size, each only where it was sent."""
        if not self._writes or not self._still():
            return SFTP_PERMISSION_DENIED
        return _attempt(lambda: set_attributes(self._opened, attr))

    def fileno(self) -> int:
        """The descriptor, -1 once it is closed."""
        return self._opened

    def close(self) -> None:
        """Close it and tell what passed. Idempotent."""
        with self._closing:
            opened, self._opened = self._opened, -1
        if opened < 0:
            return
        try:
            self._done(*self._result(opened))
        finally:
            os.close(opened)

    def _count(self, offset: int, data: bytes | memoryview) -> None:
        if offset == self._summed and self._in_order:
            self._sum.update(data)
            self._summed += len(data)
        elif data:
            self._in_order = False

    def _result(self, opened: int) -> tuple[int, str]:
        """How many bytes the file has, or sent, and their checksum, read back where they came out of order."""
        size = os.fstat(opened).st_size
        if self._in_order and (not self._writes or self._summed == size):
            return self._summed, self._sum.hexdigest()
        again, offset = hashlib.sha256(), 0
        with suppress(OSError):
            while data := os.pread(opened, _CHUNK, offset):
                again.update(data)
                offset += len(data)
        return offset, again.hexdigest()


def set_attributes(opened: int, attr: Any) -> None:
    """On an open file. The owner is never changed; the size only to exactly what was asked for."""
    sent = attr._flags  # noqa: SLF001 - paramiko tells nowhere else what was sent
    if sent & attr.FLAG_PERMISSIONS:
        os.fchmod(opened, stat.S_IMODE(attr.st_mode) & 0o777)
    if sent & attr.FLAG_AMTIME:
        os.utime(opened, (attr.st_atime, attr.st_mtime))
    if sent & attr.FLAG_SIZE:
        if attr.st_size > os.fstat(opened).st_size + _FARTHEST:
            raise OSError(errno.EFBIG, "too far beyond the end of the file")
        os.ftruncate(opened, attr.st_size)


def _attempt(work: Callable[[], None]) -> int:
    try:
        work()
    except OSError as error:
        return error_code(error)
    return SFTP_OK


def error_code(error: OSError) -> int:
    """What SFTP calls it."""
    return paramiko.SFTPServer.convert_errno(error.errno) if error.errno else SFTP_FAILURE
