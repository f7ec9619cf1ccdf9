"""While the customer types a password, nothing else that the session runs may do anything.

A terminal belongs to every program of its user: another one could read the line before the one that asks does, or turn
the echo on between our look and our writing. So all the others are stopped first (SIGSTOP), then the terminal is looked
at, and they go on once the line has been taken. Whoever asks goes on: where that is a protected program, it alone.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import os
import select
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from app.remote.customer.prompt import prompt_on

_SETTLE_SECONDS = 1.0
_LOOKS = 3  # a look can miss a process whose parent ends just then, so one alone proves nothing
_TAKEN_SECONDS = 1.0
_TICK = 0.002


@contextmanager
def hushed(terminal: int) -> Iterator[bool]:
    """Everything stands still but whoever asks on this terminal; whether that worked, in a second at most."""
    stopped: dict[int, psutil.Process] = {}
    try:
        yield _stop_all(terminal, stopped)
    finally:
        for process in stopped.values():
            with suppress(psutil.Error):
                process.resume()


def is_taken(inside: str) -> bool:
    """Whether the line that was just typed is read, in a second at most. Otherwise it is taken back: nobody gets it.

    `inside` is the terminal's name (`/dev/pts/3`).
    """
    opened = os.open(inside, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _TAKEN_SECONDS
        while _unread(opened):
            if time.monotonic() > deadline:
                termios.tcflush(opened, termios.TCIFLUSH)
                return False
            time.sleep(_TICK)
        return True
    finally:
        os.close(opened)


def _unread(opened: int) -> bool:
    """Whether something waits to be read. The kernel hands typed bytes on in its own time; to ask makes it do so."""
    return bool(select.select([opened], [], [], 0)[0])


def _stop_all(terminal: int, stopped: dict[int, psutil.Process]) -> bool:
    """Until several looks around find nothing more to stop, and all that was stopped stands."""
    prompt = prompt_on(terminal)
    if prompt is None:
        return False
    asking = 0 if prompt.protected else os.tcgetpgrp(terminal)  # a protected one cannot be stopped by us anyway
    us = psutil.Process()
    deadline, looks = time.monotonic() + _SETTLE_SECONDS, 0
    while time.monotonic() < deadline:
        moving = [one for one in us.children(recursive=True) if _moves(one, asking)]
        looks = 0 if moving else looks + 1
        if looks == _LOOKS:
            return True
        for process in moving:
            with suppress(psutil.Error):
                process.suspend()
                stopped[process.pid] = process
        time.sleep(_TICK)
    return False


def _moves(process: psutil.Process, asking: int) -> bool:
    """Whether it runs, may be stopped by us, and is not of the group that asks."""
    try:
        return (
            process.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
            and process.uids().real == os.getuid() == process.uids().effective
            and os.getpgid(process.pid) != asking
        )
    except (psutil.Error, OSError):
        return False
