"""The SFTP channel: paramiko's server with every count and length bounded."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import contextlib
import struct
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import paramiko
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_EXTENDED,
    CMD_FSETSTAT,
    CMD_VERSION,
    SFTP_BAD_MESSAGE,
    SFTP_FAILURE,
    SFTP_OP_UNSUPPORTED,
    SFTPError,
)

from app.remote.customer.handle import Handle
from app.remote.customer.listing import Listing
from app.remote.customer.outflow import Outflow
from app.remote.packets import ExactMessage

MOST_HANDLES = 64
HIGHEST_DESCRIPTOR = 512
"""The process as a whole opens no more for SFTP: ending a session takes some, and `select` knows none above 1023."""
_LONGEST_MESSAGE = 256 * 1024 + 8 * 1024
_VERSION = 3
_HEADER = struct.Struct(">IB")  # how long the message is, and of which kind


class BoundedSftp(paramiko.SFTPServer):
    """Serves one channel on a thread of its own. At most 64 open files and folders, messages of at most 264 KiB."""

    if TYPE_CHECKING:  # paramiko's own, which its stubs leave out
        _send_status: Callable[..., None]
        _read_all: Callable[[int], bytes]

    def __init__(self, channel: paramiko.Channel, name: str, server: paramiko.ServerInterface, *rest: Any) -> None:
        super().__init__(channel, name, server, *rest)
        self._channel = channel
        self._outflow = Outflow(channel.send, threading.Event(), "sftp out")  # it ends with the channel
        self.name = "sftp"
        self.daemon = True

    def finish_subsystem(self) -> None:
        """The far end has said all that it wanted: `scp` takes it for a failure where no status says otherwise."""
        self._outflow.finish()
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.send_exit_status(0)
        super().finish_subsystem()

    def _send_handle_response(self, request_number: int, handle: Any, folder: bool = False) -> None:
        if isinstance(handle, Handle | Listing) and (
            len(self.file_table) + len(self.folder_table) >= MOST_HANDLES or handle.fileno() > HIGHEST_DESCRIPTOR
        ):
            handle.close()
            self._send_status(request_number, SFTP_FAILURE, "Too many open files.")
            return
        super()._send_handle_response(request_number, handle, folder)  # type: ignore[misc]  # not in the stubs

    def _read_packet(self) -> tuple[int, bytes]:
        (size,) = struct.unpack(">I", self._read_all(4))
        if not 0 < size <= _LONGEST_MESSAGE:
            raise SFTPError("A message of an impossible length.")
        data: bytes = self._read_all(size)
        return data[0], data[1:]

    def _send_packet(self, t: int, packet: paramiko.Message) -> None:
        """Send an answer. While a large one is encrypted, the next piece of the file is read and reckoned already."""
        content = packet.asbytes()
        self._outflow.put(_HEADER.pack(len(content) + 1, t) + content)

    def _send_server_version(self) -> int:
        """Tell what is offered: the rename that replaces, and no checksums of paramiko's (they run past the end)."""
        _, data = self._read_packet()
        message = paramiko.Message()
        message.add_int(_VERSION)
        message.add_string("posix-rename@openssh.com")
        message.add_string("1")
        self._send_packet(CMD_VERSION, message)
        (version,) = struct.unpack(">I", data[:4])
        return int(version)

    def _open_folder(self, request_number: int, path: str) -> None:
        self._send_handle_response(request_number, self.server.list_folder(path), True)

    def _process(self, t: int, request_number: int, msg: paramiko.Message) -> None:
        message = ExactMessage.of(msg)
        if t in (CMD_EXTENDED, CMD_CLOSE, CMD_FSETSTAT):
            ahead = ExactMessage(msg.get_remainder()).get_binary()
            if t == CMD_EXTENDED and ahead != b"posix-rename@openssh.com":
                self._send_status(request_number, SFTP_OP_UNSUPPORTED)
                return
            if t == CMD_CLOSE and ahead in self.folder_table:  # paramiko itself only forgets it
                self.folder_table[ahead].close()
            if t == CMD_FSETSTAT and ahead not in self.file_table:  # paramiko's answer to that makes no sense
                self._send_status(request_number, SFTP_BAD_MESSAGE)
                return
        super()._process(t, request_number, message)  # type: ignore[misc]  # not in the stubs
