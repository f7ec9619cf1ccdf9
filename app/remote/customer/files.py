"""SFTP for the granted folders: every operation asks the gate, goes through the jail, and stands in the audit."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import errno
import os
import posixpath
from collections.abc import Callable
from functools import partial
from typing import Protocol

import paramiko
from paramiko.sftp import SFTP_OK, SFTP_OP_UNSUPPORTED, SFTP_PERMISSION_DENIED

from app.remote.customer.handle import Handle, error_code, set_attributes
from app.remote.customer.jail import Jail, OutsideError, Spot, open_file
from app.remote.customer.listing import Listing
from app.remote.gate import Gate, Verb
from app.remote.seals import DRAFT

_MOST_DRAFTS = 1000
_PRIVATE = 0o600


class Note(Protocol):
    """Writes one line of the audit. `subject` is what it is about, `facts` are further named values."""

    def __call__(self, kind: str, subject: str, **facts: str | int | bool) -> None:
        """Write it; an audit that cannot be written ends the session by itself."""


class JailedFiles(paramiko.SFTPServerInterface):
    """The operations of SFTP on the granted folders. Runs on the SFTP channel's own thread."""

    def __init__(self, server: paramiko.ServerInterface, gate: Gate, jail: Callable[[], Jail], note: Note) -> None:
        super().__init__(server)
        self._gate = gate
        self._jail = jail
        self._note = note
        self._drafts: dict[str, tuple[int, str]] = {}

    def canonicalize(self, path: str) -> str:
        """The path in full. One that leads out stays as it is: whatever is done with it is refused."""
        try:
            return self._jail().absolute(path)
        except OSError:
            return path

    def list_folder(self, path: str) -> Listing | int:  # type: ignore[override]  # paramiko's own takes all at once
        """An open folder, to be listed bit by bit."""
        path = self.canonicalize(path)  # in full, as in all that follows: the audit says what was meant
        found: list[Listing] = []

        def work(jail: Jail, spot: Spot) -> None:
            self._note("folder_listed", path)
            still = lambda: self._gate.decide(Verb.READ, spot.grant).allowed  # noqa: E731 - asked at every step
            found.append(Listing(jail.folder(spot), hidden=jail.is_ours, still=still))

        code = self._do(Verb.READ, path, work)
        return found[0] if found else code

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
        path = self.canonicalize(path)
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
        verb = Verb.WRITE if writes else Verb.READ
        opened: list[paramiko.SFTPHandle] = []

        def work(_: Jail, spot: Spot) -> None:
            if not spot.name:
                raise IsADirectoryError(errno.EISDIR, "a folder")
            self._note("file_opened", path, write=writes)
            self._drafts.pop(path, None)
            mode = (attr.st_mode or _PRIVATE) & 0o777
            # Read as well as write: the checksum of what came out of order is taken from the file.
            access = os.O_RDWR if writes else os.O_RDONLY
            kept = flags & (os.O_CREAT | os.O_TRUNC | os.O_EXCL)
            number = open_file(spot, access | kept, mode)
            opened.append(
                Handle(
                    number,
                    writes=writes,
                    append=bool(flags & os.O_APPEND),
                    still=partial(self._still, verb, spot.grant),
                    done=partial(self._passed, path, writes),
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
                set_attributes(opened, attr)
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
        oldpath, newpath = self.canonicalize(oldpath), self.canonicalize(newpath)

        def work(jail: Jail, old: Spot) -> None:
            with jail.spot(newpath) as new:
                if not self._gate.decide(Verb.WRITE, new.grant).allowed or not old.name or not new.name:
                    raise OutsideError("not granted")
                if jail.must_stay(os.stat(old.name, dir_fd=old.parent, follow_symlinks=False)):
                    raise OutsideError("Bistand's own data")
                if not over and _exists(new):
                    raise FileExistsError(errno.EEXIST, "there is one already")
                self._note_move(oldpath, newpath)
                os.replace(old.name, new.name, src_dir_fd=old.parent, dst_dir_fd=new.parent)

        return self._do(Verb.WRITE, oldpath, work)

    def _passed(self, path: str, writes: bool, size: int, checksum: str) -> None:
        """A file went through whole. One under a draft's name has yet to become what it is called."""
        if writes and posixpath.basename(path).startswith(DRAFT):
            if len(self._drafts) < _MOST_DRAFTS:
                self._drafts[path] = (size, checksum)
            self._note("file_written", path, bytes=size, sha256=checksum)
        else:
            self._note("file_received" if writes else "file_sent", path, bytes=size, sha256=checksum)

    def _note_move(self, oldpath: str, newpath: str) -> None:
        """A draft that gets its name is a file that arrived; for people that is the line that counts."""
        self._drafts.pop(newpath, None)
        passed = self._drafts.pop(oldpath, None)
        if passed is None:
            self._note("file_moved", oldpath, to=newpath)
        else:
            self._note("file_received", newpath, bytes=passed[0], sha256=passed[1])

    def _still(self, verb: Verb, grant: str) -> bool:
        """Whether an open file may still be used; waits while the customer pauses."""
        self._gate.hold()
        return self._gate.decide(verb, grant).allowed

    def _change(self, kind: str, path: str, change: Callable[[Spot], None]) -> int:
        path = self.canonicalize(path)

        def work(_: Jail, spot: Spot) -> None:
            if not spot.name:
                raise OutsideError("the granted folder itself")
            self._note(kind, path)
            self._drafts.pop(path, None)
            change(spot)

        return self._do(Verb.WRITE, path, work)

    def _do(self, verb: Verb, path: str, work: Callable[[Jail, Spot], None]) -> int:
        """Ask the gate about the place, then work on it. Whatever was not granted is noted and refused."""
        path = self.canonicalize(path)
        self._gate.hold()
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
            return error_code(error)
        return SFTP_OK


def _facts(spot: Spot) -> paramiko.SFTPAttributes:
    facts = os.stat(spot.name, dir_fd=spot.parent, follow_symlinks=False) if spot.name else os.fstat(spot.parent)
    return paramiko.SFTPAttributes.from_stat(facts, spot.name)


def _exists(spot: Spot) -> bool:
    try:
        os.stat(spot.name, dir_fd=spot.parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
