"""This terminal as the window into a session: raw keys go out, guarded output comes in."""

import contextlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator

from app.cli.terminal_guard import TerminalGuard
from app.domain.errors import UsageError
from app.flows.join_session import JoinedSession, Shell


def interact(joined: JoinedSession) -> None:
    """A shell on the customer's machine until it ends. Input that is no terminal is typed as it comes."""
    size = shutil.get_terminal_size()
    guard = TerminalGuard()

    def show(untrusted: bytes) -> None:
        sys.stdout.buffer.write(guard.feed(untrusted))
        sys.stdout.buffer.flush()

    shell = joined.shell(size.columns, size.lines, show)
    with raw_keys(), _resizing(shell):
        threading.Thread(target=_type, args=(shell,), name="keys", daemon=True).start()
        shell.wait()


def _type(shell: Shell) -> None:
    """Hand on every key. Runs on a thread of its own, since reading a terminal cannot be interrupted."""
    with contextlib.suppress(OSError):
        while keys := os.read(sys.stdin.fileno(), 4096):
            shell.write(keys)
        shell.write(b"\x04")  # the input is at its end: so is the shell's


@contextlib.contextmanager
def raw_keys() -> Iterator[None]:
    """Keys as they are, Ctrl-C too: it belongs to the far shell."""
    if sys.platform == "win32":
        raise UsageError("The terminal is not there on Windows yet. Use --run, --put and --get, or the desk.")
    import termios
    import tty

    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _resizing(shell: Shell) -> Iterator[None]:
    """Tell the far shell when this terminal changes its size."""
    if sys.platform == "win32":
        yield
        return

    def resized(_signal: int, _frame: object) -> None:
        size = shutil.get_terminal_size()
        shell.resize(size.columns, size.lines)

    before = signal.signal(signal.SIGWINCH, resized)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
