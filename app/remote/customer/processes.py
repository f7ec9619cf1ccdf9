"""Every process that a session starts, found and ended, also those that ran `nohup`, `setsid` or forked twice.

On Linux the customer's end is a subreaper: whatever loses its parent becomes its child and is found again.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import contextlib
import ctypes
import os
import resource
import signal
import time

import psutil

MEMORY_CAP = 512 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of whatever is orphaned below this process (Linux; elsewhere nothing happens)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Get SIGTERM when the thread that started this process is gone (Linux), at once if it already is."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def cap_memory() -> None:
    """Let this process have no more than `MEMORY_CAP` bytes of its own. A soft limit: shells lift it again."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    cap = MEMORY_CAP if hard == resource.RLIM_INFINITY else min(MEMORY_CAP, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (cap, hard))


def descendants(pid: int) -> list[psutil.Process]:
    """All processes below this one that are not dead yet."""
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    return [process for process in below if _lives(process)]


def kill_all_below(pid: int, seconds: float) -> int:
    """Kill every process below this one, new ones too, for at most `seconds`. Returns how many are left."""
    deadline = time.monotonic() + seconds
    while left := descendants(pid):
        for process in left:  # first hold them all still, so that none can run away by forking
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGSTOP)
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if time.monotonic() > deadline:
            return len(descendants(pid))
        time.sleep(0.005)
    return 0


def bury(keep: frozenset[int]) -> None:
    """Take the exit status of dead orphans, those in `keep` excepted: others wait for them."""
    for child in psutil.Process().children():
        if child.pid not in keep and not _lives(child):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _prctl(option: int, argument: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, argument, 0, 0, 0)
