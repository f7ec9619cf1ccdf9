"""SFTP for the granted folders: every operation asks the gate, goes through the jail, and stands in the audit."""

import errno
import hashlib
import os
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import paramiko
from paramiko.sftp import SFTP_EOF, SFTP_FAILURE, SFTP_OK, SFTP_OP_UNSUPPORTED, SFTP_PERMISSION_DENIED

from app.remote.customer.jail import Jail, OutsideError, Spot, open_file
from app.remote.gate import Gate, Verb

assert sys.platform != "win32"  # noqa: S101 - mypy then knows; on Windows no session is hosted yet

LONGEST_READ = 256 * 1024
_CHUNK = 1024 * 1024
_MOST_LISTED = 100_000
_PRIVATE = 0o600


class Note(Protocol):
    """Writes one line of the audit. `subject` is what it is about, `facts` are further named values."""

    def __call__(self, kind: str, subject: str, **facts: str | int | bool) -> None:
        """Write it; an audit that cannot be written ends the session by itself."""


class Handle(paramiko.SFTPHandle):
    """An open file. Its checksum is reckoned as the bytes pass, as long as they pass in order."""

    def __init__(
        self, opened: int, path: str, *, writes: bool, append: bool, still: Callable[[], bool], note: Note
    ) -> None:
        super().__init__(0)
        self._opened = opened
        self._path = path
        self._writes = writes
        self._append = append
        self._still = still  # whether it is granted at this moment
        self._note = note
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
            return _code(error)
        self._count(offset, data)
        return data or SFTP_EOF

    def write(self, offset: int, data: bytes) -> int:  # type: ignore[override]  # paramiko itself sends bytes
        """All of `data` at `offset`, or an error."""
        if not self._writes or not self._still():
            return SFTP_PERMISSION_DENIED
        try:
            at = os.fstat(self._opened).st_size if self._append else offset
            whole = left = memoryview(data)
            while left:
                written = os.pwrite(self._opened, left, at + len(whole) - len(left))
                left = left[written:]
        except OSError as error:
            return _code(error)
        self._count(at, whole)
        return SFTP_OK

    def stat(self) -> paramiko.SFTPAttributes | int:
        """The open file's size, times and rights."""
        try:
            return paramiko.SFTPAttributes.from_stat(os.fstat(self._opened))
        except OSError as error:
            return _code(error)

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        """Set rights, times or size, each only where it was sent."""
        if not self._writes or not self._still():
            return SFTP_PERMISSION_DENIED
        return _attempt(lambda: _set_attributes(self._opened, attr))

    def close(self) -> None:
        """Close it and note what passed. Idempotent."""
        with self._closing:
            opened, self._opened = self._opened, -1
        if opened < 0:
            return
        try:
            size, checksum = self._result(opened)
            kind = "file_received" if self._writes else "file_sent"
            self._note(kind, self._path, bytes=size, sha256=checksum)
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


class JailedFiles(paramiko.SFTPServerInterface):
    """The operations of SFTP on the granted folders. Runs on the SFTP channel's own thread."""

    def __init__(self, server: paramiko.ServerInterface, gate: Gate, jail: Callable[[], Jail], note: Note) -> None:
        super().__init__(server)
        self._gate = gate
        self._jail = jail
        self._note = note

    def canonicalize(self, path: str) -> str:
        """The path in full. One that leads out stays as it is: whatever is done with it is refused."""
        try:
            return self._jail().absolute(path)
        except OSError:
            return path

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        """The entries of a folder."""
        found: list[paramiko.SFTPAttributes] = []

        def work(jail: Jail, spot: Spot) -> None:
            self._note("folder_listed", path)
            folder = jail.folder(spot)
            try:
                found.extend(_entries(jail, folder))
            finally:
                os.close(folder)

        code = self._do(Verb.READ, path, work)
        return found if code == SFTP_OK else code

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """What stands at a path; a link is not followed."""
        found: list[paramiko.SFTPAttributes] = []
        code = self._do(Verb.READ, path, lambda _, spot: found.append(_facts(spot)))
        return found[0] if found else code

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        """As `stat`."""
        return self.stat(path)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        """Open a plain file. Wanting to write, create or empty it needs the right to write."""
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
        verb = Verb.WRITE if writes else Verb.READ
        opened: list[paramiko.SFTPHandle] = []

        def work(_: Jail, spot: Spot) -> None:
            if not spot.name:
                raise IsADirectoryError(errno.EISDIR, "a folder")
            self._note("file_opened", path, write=writes)
            mode = (attr.st_mode or _PRIVATE) & 0o777
            # Read as well as write: the checksum of what came out of order is taken from the file.
            access = os.O_RDWR if writes else os.O_RDONLY
            kept = flags & (os.O_CREAT | os.O_TRUNC | os.O_EXCL)
            number = open_file(spot, access | kept, mode)
            opened.append(
                Handle(
                    number,
                    path,
                    writes=writes,
                    append=bool(flags & os.O_APPEND),
                    still=lambda: self._gate.decide(verb, spot.grant).allowed,
                    note=self._note,
                )
            )

        code = self._do(verb, path, work)
        return opened[0] if opened else code

    def remove(self, path: str) -> int:
        """Delete a file."""
        return self._change("file_removed", path, lambda spot: os.unlink(spot.name, dir_fd=spot.parent))

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        """Make a folder."""
        mode = (attr.st_mode or 0o700) & 0o777
        return self._change("folder_made", path, lambda spot: os.mkdir(spot.name, mode, dir_fd=spot.parent))

    def rmdir(self, path: str) -> int:
        """Delete an empty folder."""
        return self._change("folder_removed", path, lambda spot: os.rmdir(spot.name, dir_fd=spot.parent))

    def rename(self, oldpath: str, newpath: str) -> int:
        """Move within the granted folders; what is at the new place already stays, and the move fails."""
        return self._move(oldpath, newpath, over=False)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        """Move within the granted folders, in place of what was there."""
        return self._move(oldpath, newpath, over=True)

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        """Set rights, times or size of a plain file, each only where it was sent."""

        def work(spot: Spot) -> None:
            opened = open_file(spot, os.O_RDWR, 0)
            try:
                _set_attributes(opened, attr)
            finally:
                os.close(opened)

        return self._change("file_changed", path, work)

    def readlink(self, path: str) -> str | int:
        """Where a link inside points. Only the text: nothing follows it."""
        found: list[str] = []
        code = self._do(Verb.READ, path, lambda _, spot: found.append(os.readlink(spot.name, dir_fd=spot.parent)))
        return found[0] if found else code

    def symlink(self, target_path: str, path: str) -> int:
        """Never: a link is a way out."""
        self._note("refused", path, verb="link", to=target_path)
        return SFTP_OP_UNSUPPORTED

    def _move(self, oldpath: str, newpath: str, *, over: bool) -> int:
        def work(jail: Jail, old: Spot) -> None:
            with jail.spot(newpath) as new:
                if not self._gate.decide(Verb.WRITE, new.grant).allowed or not old.name or not new.name:
                    raise OutsideError("not granted")
                if jail.is_ours(os.stat(old.name, dir_fd=old.parent, follow_symlinks=False)):
                    raise OutsideError("Bistand's own data")
                if not over and _exists(new):
                    raise FileExistsError(errno.EEXIST, "there is one already")
                self._note("file_moved", oldpath, to=newpath)
                os.replace(old.name, new.name, src_dir_fd=old.parent, dst_dir_fd=new.parent)

        return self._do(Verb.WRITE, oldpath, work)

    def _change(self, kind: str, path: str, change: Callable[[Spot], None]) -> int:
        def work(_: Jail, spot: Spot) -> None:
            if not spot.name:
                raise OutsideError("the granted folder itself")
            self._note(kind, path)
            change(spot)

        return self._do(Verb.WRITE, path, work)

    def _do(self, verb: Verb, path: str, work: Callable[[Jail, Spot], None]) -> int:
        """Ask the gate about the place, then work on it. Whatever was not granted is noted and refused."""
        try:
            jail = self._jail()
            with jail.spot(path) as spot:
                decision = self._gate.decide(verb, spot.grant)
                if not decision.allowed:
                    raise OutsideError(decision.why)
                work(jail, spot)
        except OutsideError as error:
            self._note("refused", path, verb=verb.value, why=str(error))
            return SFTP_PERMISSION_DENIED
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):  # a link stood in the way
                self._note("refused", path, verb=verb.value, why="a link or a file stands in the way")
                return SFTP_PERMISSION_DENIED
            return _code(error)
        return SFTP_OK


def _entries(jail: Jail, folder: int) -> list[paramiko.SFTPAttributes]:
    """What a folder holds, Bistand's own left out."""
    found = []
    for name in os.listdir(folder)[:_MOST_LISTED]:
        with suppress(OSError):
            facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not jail.is_ours(facts):
                found.append(paramiko.SFTPAttributes.from_stat(facts, _sendable(name)))
    return found


def _facts(spot: Spot) -> paramiko.SFTPAttributes:
    facts = os.stat(spot.name, dir_fd=spot.parent, follow_symlinks=False) if spot.name else os.fstat(spot.parent)
    return paramiko.SFTPAttributes.from_stat(facts, spot.name)


def _sendable(name: str) -> str:
    """A name as text that can be sent; what is no UTF-8 shows as a question mark."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _exists(spot: Spot) -> bool:
    try:
        os.stat(spot.name, dir_fd=spot.parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _set_attributes(opened: int, attr: Any) -> None:
    """On an open file. The owner is never changed; the size only to exactly what was asked for."""
    sent = attr._flags  # noqa: SLF001 - paramiko tells nowhere else what was sent
    if sent & attr.FLAG_PERMISSIONS:
        os.fchmod(opened, stat.S_IMODE(attr.st_mode) & 0o777)
    if sent & attr.FLAG_AMTIME:
        os.utime(opened, (attr.st_atime, attr.st_mtime))
    if sent & attr.FLAG_SIZE:
        os.ftruncate(opened, attr.st_size)


def _attempt(work: Callable[[], None]) -> int:
    try:
        work()
    except OSError as error:
        return _code(error)
    return SFTP_OK


def _code(error: OSError) -> int:
    return paramiko.SFTPServer.convert_errno(error.errno) if error.errno else SFTP_FAILURE
