"""Files to and from the customer: pipelined, to a temporary name, verified by SHA-256, then renamed."""

import contextlib
import hashlib
import os
import posixpath
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import paramiko

from app.remote.errors import RefusedByCustomerError, TransferError
from app.remote.seals import DRAFT
from app.remote.technician.names import local_path
from app.remote.technician.settling import Settling

_CHUNK = 255 * 1024  # one message of the far end's longest kind, its header included
_AHEAD = 64
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file that arrived whole. `name` is its full path at the customer's."""

    name: str
    bytes: int
    sha256: str


Checksum = Callable[[str, str], str]
"""(kind, path) -> the SHA-256 that the customer's end wrote in its audit for this transfer."""


class Files:
    """Transfers over one SFTP channel. One transfer at a time; `cancel` may come from another thread."""

    def __init__(self, channel: paramiko.Channel, checksum: Checksum) -> None:
        self._sftp = paramiko.SFTPClient(channel)
        self._checksum = checksum
        self._cancelled = threading.Event()
        self._turn = threading.Lock()

    def close(self) -> None:
        """Close the channel. Any thread."""
        self._cancelled.set()
        self._sftp.close()

    def put(self, local: Path, remote: str) -> FileResult:
        """Send a file; an existing one is replaced only once the new one is whole.

        Raises `RefusedByCustomerError`, `TransferError`.
        """
        with self._turn, _explained(f"sending {local.name}"):
            target = self._target(local.name, remote)
            draft = posixpath.join(posixpath.dirname(target), f"{DRAFT}{secrets.token_hex(6)}")
            try:
                size, checksum = self._send(local, draft)
                self._verify("file_written", draft, checksum)
                self._sftp.posix_rename(draft, target)
            except BaseException:
                with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                    self._sftp.remove(draft)
                raise
            return FileResult(target, size, checksum)

    def get(self, remote: str, local: Path) -> FileResult:
        """Fetch a file to exactly `local`, or into it where it is a folder. Raises as `put` does."""
        with self._turn, _explained(f"fetching {posixpath.basename(remote)}"):
            name = self._sftp.normalize(remote)
            target = local_path(name, local)
            draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
            try:
                size, checksum = self._fetch(name, draft)
                self._verify("file_sent", name, checksum)
                draft.replace(target)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            return FileResult(name, size, checksum)

    def _target(self, name: str, remote: str) -> str:
        """The full path to write; a remote that is a folder gets the file's own name."""
        path = self._sftp.normalize(remote)
        with contextlib.suppress(FileNotFoundError):
            facts = self._sftp.stat(path)
            if facts.st_mode is not None and facts.st_mode & 0o170000 == 0o040000:
                return posixpath.join(path, name)
        return path

    def _send(self, local: Path, draft: str) -> tuple[int, str]:
        reckoned, size = hashlib.sha256(), 0
        with local.open("rb") as source, self._sftp.open(draft, "wbx") as file:
            file.MAX_REQUEST_SIZE = _CHUNK
            file.set_pipelined(True)
            while chunk := source.read(_CHUNK):
                self._go_on()
                file.write(chunk)
                reckoned.update(chunk)
                size += len(chunk)
        return size, reckoned.hexdigest()

    def _fetch(self, name: str, draft: Path) -> tuple[int, str]:
        reckoned, size = hashlib.sha256(), 0
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with (
            os.fdopen(opened, "wb", buffering=0) as target,
            Settling(opened) as disk,
            self._sftp.open(name, "rb") as file,
        ):
            file.MAX_REQUEST_SIZE = _CHUNK
            expected = file.stat().st_size or 0
            file.prefetch(expected, max_concurrent_requests=_AHEAD)
            while chunk := file.read(_CHUNK):
                self._go_on()
                _write_all(target, chunk)
                disk.wrote(len(chunk))
                reckoned.update(chunk)
                size += len(chunk)
        return size, reckoned.hexdigest()

    def _verify(self, kind: str, path: str, ours: str) -> None:
        if self._checksum(kind, path) != ours:
            raise TransferError("The file changed on the way, so it was thrown away. Try again.")

    def _go_on(self) -> None:
        if self._cancelled.is_set():
            raise TransferError("The transfer was cancelled; nothing was changed.")


def _write_all(target: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[target.write(left) :]


@contextlib.contextmanager
def _explained(doing: str) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        if error.filename is None:  # one with a name is of a file on this side
            raise RefusedByCustomerError(doing) from error
        raise TransferError(f"Stopped while {doing}: {error.filename} may not be used here.") from error
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise TransferError(
            f"Stopped while {doing}: {str(error) or 'the connection ended'}. Nothing was changed."
        ) from error
