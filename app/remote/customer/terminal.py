"""Shells and commands: a process of the customer's own user, on a terminal or on pipes, tied to one channel.

Every piece of output is recorded before it is sent. The far end's window is the brake: while it takes
nothing, nothing is read, and the process waits.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import contextlib
import fcntl
import logging
import os
import select
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import paramiko

from app.remote.customer.environment import home_folder, login_environment, login_shell
from app.remote.customer.hush import hushed, is_taken
from app.remote.customer.outflow import Outflow
from app.remote.customer.prompt import Prompt, prompt_on
from app.remote.errors import RemoteError
from app.remote.transport import close_soon

_log = logging.getLogger(__name__)

_CHUNK = 192 * 1024  # fits one packet
_PIPE_BYTES = 1024 * 1024
_TICK = 0.2  # seconds between looks at whether to stop
# Runs before the shell: lift the memory cap again, and take the terminal as the controlling one by opening it.
_ON_PIPES = 'ulimit -S -d "$(ulimit -H -d)" 2>/dev/null; exec "$@"'
_ON_TERMINAL = 'ulimit -S -d "$(ulimit -H -d)" 2>/dev/null; exec "$@" 0<>"$0" 1>&0 2>&0'


@dataclass(frozen=True, slots=True)
class Window:
    """The terminal's size in characters, and its kind (`xterm-256color`)."""

    columns: int
    rows: int
    term: str


class Run:
    """One shell or command, the session's `number`th.

    `command` None is a login shell; `window` None means pipes instead of a terminal.

    `record` gets each piece of output, with the number of its stream, before it is sent. It may raise
    `RemoteError`: then nothing more is sent and `on_fault` is told. `on_end` gets the exit status, as a shell
    would give it, once all is over. `hold` waits while the customer pauses, or until the event that it gets is set.
    `on_prompt` is told when a program on the terminal begins to wait for something that is not to be seen, and,
    with None, when it has stopped.
    """

    def __init__(  # noqa: PLR0913 - each by its name, and all are needed
        self,
        number: int,
        channel: paramiko.Channel,
        command: str | None,
        window: Window | None,
        *,
        record: Callable[[bytes, int], None],
        on_fault: Callable[[RemoteError], None],
        on_end: Callable[["Run", int], None],
        hold: Callable[[threading.Event], None],
        on_prompt: Callable[["Run", Prompt | None], None],
    ) -> None:
        self.number = number
        self.channel = channel
        self.command = command
        self._window = window
        self._record = record
        self.streams = (2 * number, 2 * number + 1)  # what it says, and what it complains of
        self._on_fault = on_fault
        self._on_end = on_end
        self._hold = hold
        self._on_prompt = on_prompt
        self._prompt: Prompt | None = None
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._terminal = -1
        self._inside = ""  # the terminal's name, as the programs on it know it
        self._size = threading.Lock()  # so that no other file gets a size after the terminal was closed

    @property
    def pid(self) -> int:
        """The process's id, or 0 before it runs."""
        return self._process.pid if self._process else 0

    @property
    def on_terminal(self) -> bool:
        """Whether it runs on a terminal, not on pipes."""
        return self._window is not None

    def start(self, sent: Mapping[str, str]) -> None:
        """Start the process and the threads that carry its bytes. Raises `OSError`."""
        environment = login_environment(sent, self._window.term if self._window else "")
        if self._window is None:
            self._start_on_pipes(environment)
        else:
            self._start_on_terminal(environment, self._window)
        for thread in self._threads:
            thread.start()

    def resize(self, columns: int, rows: int) -> None:
        """Tell the terminal its new size."""
        with self._size:
            if self._terminal >= 0:
                _set_size(self._terminal, columns, rows)

    def type(self, data: bytes) -> int:
        """Type this, as if it came along the channel. Returns how much of it was taken within a moment.

        Raises `OSError` once the terminal is closed.
        """
        terminal = self._terminal
        if terminal >= 0:
            select.select([], [terminal], [], _TICK)
        with self._size:
            if self._terminal < 0 or self._stopping.is_set():
                raise OSError("the terminal is closed")
            try:
                return os.write(self._terminal, data)
            except BlockingIOError:
                return 0

    def type_secret(self, data: bytes) -> Prompt | None:
        """Type this where a program waits for it with the echo off at this very moment; who got it, or None.

        Nothing else of the session runs meanwhile, so that nobody else gets it. Waits two seconds at most.
        """
        with self._size:
            if self._terminal < 0:
                return None
            with hushed(self._terminal) as quiet, contextlib.suppress(OSError):
                prompt = prompt_on(self._terminal) if quiet else None
                if prompt is not None and os.write(self._terminal, data) and is_taken(self._inside):
                    return prompt
            return None

    def signal(self, number: int) -> None:
        """Send a signal to the process and its group."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def carry_no_more(self) -> None:
        """Nothing goes in or out from now on, nor the exit status. Any thread, does not wait."""
        self._stopping.set()

    def end(self) -> None:
        """Hang up: the channel is closed and the process is told. Idempotent, any thread, does not wait."""
        self.carry_no_more()
        close_soon(self.channel)
        self.signal(signal.SIGHUP)

    def join(self, seconds: float) -> None:
        """Wait for its threads."""
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(seconds)

    def _start_on_pipes(self, environment: dict[str, str]) -> None:
        process = self._popen(["/bin/sh", "-c", _ON_PIPES, "sh", *self._argv()], environment, subprocess.PIPE)
        output, errors = _fileno(process.stdout), _fileno(process.stderr)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(output, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._thread("errors", lambda: self._carry_out(errors, self.channel.send_stderr, self.streams[1]))
        self._thread("input", self._carry_in)
        self._thread("output", lambda: self._pipes_out(output))

    def _start_on_terminal(self, environment: dict[str, str], window: Window) -> None:
        self._terminal, inside = os.openpty()
        try:
            _set_size(self._terminal, window.columns, window.rows)
            self._inside = os.ttyname(inside)
            self._popen(["/bin/sh", "-c", _ON_TERMINAL, self._inside, *self._argv()], environment, inside)
        except OSError:
            os.close(self._terminal)
            raise
        finally:
            os.close(inside)
        self._thread("input", self._carry_in)
        self._thread("output", self._terminal_out)

    def _argv(self) -> list[str]:
        shell = login_shell()
        return [shell, "-l"] if self.command is None else [shell, "-c", self.command]

    def _popen(self, argv: list[str], environment: dict[str, str], stream: int) -> subprocess.Popen[bytes]:
        folder = home_folder(environment)
        self._process = subprocess.Popen(
            argv, stdin=stream, stdout=stream, stderr=stream, cwd=folder, env=environment, start_new_session=True
        )
        return self._process

    def _thread(self, what: str, target: Callable[[], None]) -> None:
        name = f"run {self.pid} {what}"
        self._threads.append(threading.Thread(target=target, name=name, daemon=True))

    def _terminal_out(self) -> None:
        self._carry_out(self._terminal, self.channel.send, self.streams[0])
        self._finish()

    def _pipes_out(self, output: int) -> None:
        self._carry_out(output, self.channel.send, self.streams[0])
        self._threads[0].join()  # what it complained of goes out before its status
        self._finish()

    def _carry_out(self, source: int, send: Callable[[bytes], int], stream: int) -> None:
        """From the process to the far end until there is no more, or it is over."""
        os.set_blocking(source, False)
        outflow = Outflow(send, self._stopping, f"run {self.pid} out {stream}")
        try:
            while (data := self._next(source)) and not self._stopping.is_set():
                self._hold(self._stopping)
                if source == self._terminal:
                    self._look_for_prompt()
                self._record(data, stream)
                outflow.put(data)
        except RemoteError as error:
            self._stopping.set()
            self._on_fault(error)
        except (OSError, EOFError, paramiko.SSHException) as error:
            _log.debug("Output of %s ends: %s", self.pid, error)
        finally:
            outflow.finish()

    def _next(self, source: int) -> bytes:
        """What there is to read, up to a chunk; waits for something; empty at the end."""
        while not self._stopping.is_set():
            over = source == self._terminal and self._process is not None and self._process.poll() is not None
            if select.select([source], [], [], 0 if over else _TICK)[0]:
                return _read_ready(source)
            if over:
                return b""
            if source == self._terminal:
                self._look_for_prompt()
        return b""

    def _look_for_prompt(self) -> None:
        """Tell when somebody begins to ask in secret, or stops. On the thread that carries the output."""
        prompt = prompt_on(self._terminal)
        if prompt != self._prompt:
            self._prompt = prompt
            self._on_prompt(self, prompt)

    def _carry_in(self) -> None:
        """From the far end to the process until either is over."""
        target = self._terminal if self._terminal >= 0 else _fileno(self._process.stdin if self._process else None)
        os.set_blocking(target, False)
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            while data := self.channel.recv(_CHUNK):
                self._hold(self._stopping)
                self._write(target, data)
        if self._terminal < 0 and self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self.channel.closed and not self._stopping.is_set():
            self.signal(signal.SIGHUP)

    def _write(self, target: int, data: bytes) -> None:
        left = memoryview(data)
        while left and not self._stopping.is_set():
            if select.select([], [target], [], _TICK)[1]:
                left = left[os.write(target, left) :]

    def _finish(self) -> None:
        """After the last output: the exit status goes out, then the channel is closed."""
        process = self._process
        if process is None:
            return
        while not self._stopping.is_set():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_TICK)
                break
        status = _status(process.poll())
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            if not self._stopping.is_set():
                self.channel.send_exit_status(status)
            self.channel.close()
        self._stopping.set()
        if self._prompt is not None:
            self._on_prompt(self, None)
        self._threads[-2].join()  # the channel is closed, so that it has nothing to wait for
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        with self._size:
            if self._terminal >= 0:
                os.close(self._terminal)
            self._terminal = -1
        self._on_end(self, status)


def _read_ready(source: int) -> bytes:
    """All that can be read at once, up to a chunk: a terminal gives it in small pieces."""
    parts: list[bytes] = []
    size = 0
    while size < _CHUNK:
        try:
            part = os.read(source, _CHUNK - size)
        except BlockingIOError:
            break
        except OSError:  # a terminal whose last user has gone
            break
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _set_size(terminal: int, columns: int, rows: int) -> None:
    size = struct.pack("HHHH", max(1, min(rows, 1000)), max(1, min(columns, 1000)), 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)


def _status(code: int | None) -> int:
    """The exit status as a shell gives it: 128 and the signal's number for a process that a signal ended."""
    if code is None:
        return 128 + signal.SIGKILL
    return code if code >= 0 else 128 - code


def _fileno(stream: object) -> int:
    fileno: Callable[[], int] | None = getattr(stream, "fileno", None)
    if fileno is None:
        raise OSError("no such stream")
    return fileno()
