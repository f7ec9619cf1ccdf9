"""Asks the system's own tools, with a time limit at which the tool and all it started are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from app.diagnostics.errors import ToolError

_MOST_BYTES = 1_000_000


def ask(command: Sequence[str], *, limit_seconds: float) -> str:
    """What the tool prints, at most a megabyte of it. Its messages are asked for in English.

    Raises `ToolError` where it is missing, fails, or has not ended at the limit.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
            creationflags=_flags(),
        )
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be run: {error.strerror}.") from error
    with process:
        try:
            untrusted_output, _messages = process.communicate(timeout=limit_seconds)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise ToolError(f"{command[0]} had not answered after {limit_seconds:g} s.") from error
    if process.returncode != 0:
        raise ToolError(f"{command[0]} ended with {process.returncode}.")
    return untrusted_output[:_MOST_BYTES].decode(errors="replace")


def _flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW  # no black window flashes up before the customer
    return 0


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
