"""Programs that wait for something that is not to be seen: noticed by the terminal's echo being off.

sudo, ssh and their like turn the echo off and leave lines whole (`ICANON`); editors and shells that draw for themselves
turn off both, and are not meant here (termios(3), tty_ioctl(4)).
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import os
import termios
from dataclasses import dataclass

import psutil

_LOCAL_FLAGS = 3  # where tcgetattr puts them
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Prompt:
    """Who asks. `protected`: it runs with other rights than the customer's own, so the technician did not write it."""

    program: str
    protected: bool


def asks_in_secret(terminal: int) -> bool:
    """Whether a program on this terminal (its controlling side) waits for a line that is not echoed."""
    try:
        flags = termios.tcgetattr(terminal)[_LOCAL_FLAGS]
    except (termios.error, OSError):
        return False
    return isinstance(flags, int) and bool(flags & termios.ICANON) and not flags & termios.ECHO


def prompt_on(terminal: int) -> Prompt | None:
    """Who asks in secret on this terminal, or None where nobody does."""
    if not asks_in_secret(terminal):
        return None
    try:
        leader = psutil.Process(os.tcgetpgrp(terminal))
        return Prompt(leader.name()[:_LONGEST_NAME], leader.uids().effective != os.getuid())
    except (psutil.Error, OSError, ValueError):
        return Prompt("?", False)
