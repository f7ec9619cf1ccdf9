"""A shell or a command on the customer's machine, as the technician's end sees it."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

import paramiko

from app.remote.errors import ConnectionLostError, RemoteError

_CHUNK = 256 * 1024
_MOST_KEPT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CommandResult:
    """A command that ended. `exit_status` is as a shell gives it; `stdout` is its text, the first 4 MiB of it."""

    command: str
    exit_status: int
    stdout: str


class Output:
    """Where output goes: recorded first, then handed on. Raises `RecordingError`, having told `on_fault`."""

    def __init__(
        self,
        record: Callable[[bytes, int], None],
        on_output: Callable[[bytes], None],
        on_fault: Callable[[RemoteError], None],
    ) -> None:
        self._record = record
        self._on_output = on_output
        self._on_fault = on_fault

    def take(self, data: bytes, stream: int) -> None:
        """One piece of output."""
        try:
            self._record(data, stream)
        except RemoteError as error:
            self._on_fault(error)
            raise
        self._on_output(data)


class Shell:
    """An interactive shell. Its output comes on a thread of its own; the other methods may come from any thread."""

    def __init__(self, channel: paramiko.Channel, output: Output) -> None:
        self._channel = channel
        self._output = output
        self._thread = threading.Thread(target=self._read, name="shell output", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """What was typed. Waits while the far end takes nothing. Raises `ConnectionLostError` once it is over."""
        try:
            self._channel.sendall(data)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise ConnectionLostError("The shell is closed.") from error

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has a new size, in characters."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.resize_pty(columns, rows)

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit status once it has ended (-1 where the connection was cut), or None after `timeout` seconds."""
        self._thread.join(timeout)
        return None if self._thread.is_alive() else self._channel.recv_exit_status()

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.close()
        if self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def _read(self) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException, RemoteError):
            while data := self._channel.recv(_CHUNK):
                self._output.take(data, 2 * self._channel.get_id())
        self._channel.close()


class Command:
    """One command on pipes: what it says and what it complains of are kept apart."""

    def __init__(self, channel: paramiko.Channel, output: Output) -> None:
        self._channel = channel
        self._output = output
        self._kept = bytearray()

    def run(self, command: str) -> CommandResult:
        """Run it to its end. Raises `ConnectionLostError` where it is cut off before, and what recording raises."""
        errors = threading.Thread(target=self._read_errors, name="command errors", daemon=True)
        try:
            self._channel.exec_command(command)
            self._channel.shutdown_write()
            errors.start()
            while data := self._channel.recv(_CHUNK):
                self._kept += data[: max(0, _MOST_KEPT - len(self._kept))]
                self._output.take(data, 2 * self._channel.get_id())
            errors.join()
            status = self._channel.recv_exit_status()
        finally:
            self._channel.close()
        if status < 0:
            raise ConnectionLostError("The connection was cut while a command ran.")
        return CommandResult(command, status, self._kept.decode("utf-8", "replace"))

    def _read_errors(self) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException, RemoteError):
            while data := self._channel.recv_stderr(_CHUNK):
                self._output.take(data, 2 * self._channel.get_id() + 1)
