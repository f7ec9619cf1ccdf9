"""Runs the relay's two sshds and lets nothing of them outlive the relay's owner.

A small program of its own (standard library alone, Linux): it holds its end of a pipe, and when the owner is gone, even
killed outright, the pipe ends and so does everything here. An sshd leaves its connections running when it ends; the
keeper is a subreaper, so that they become its children and are ended as well. It also takes the folder of keys away.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from typing import Any

if sys.platform != "linux":
    sys.exit("the relay runs on Linux")

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)
DOOR_ENDED = 3


def main() -> int:
    """Start the doors named in the first argument (JSON) and stay until standard input ends or a door does."""
    told = json.loads(sys.argv[1])
    if _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        return 1
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # only the wake-up is wanted
    try:
        doors = {_open(told, config, log) for config, log in told["doors"]}
        return _stay(doors, reader)
    finally:
        _end_all()
        shutil.rmtree(told["folder"], ignore_errors=True)


def _open(told: dict[str, Any], config: str, log: int) -> int:
    """Start one sshd in the foreground, its log on the descriptor `log`; return its process id."""
    door = subprocess.Popen(
        [told["sshd"], "-D", "-e", "-f", config],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        cwd="/",
        user=told["uid"],
        group=told["gid"],
        extra_groups=None if told["uid"] is None else [],
        preexec_fn=_die_with_parent,  # noqa: PLW1509  # one thread here, so nothing can be locked
    )
    os.close(log)
    return door.pid


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _stay(doors: set[int], wakeups: int) -> int:
    while True:
        ready, _, _ = select.select([sys.stdin, wakeups], [], [])
        if sys.stdin in ready:
            return 0  # the owner closed it, or is gone
        woken = os.read(wakeups, 4096)
        if signal.SIGTERM in woken:
            return 0
        if doors & _reap():
            return DOOR_ENDED


def _reap() -> set[int]:
    """Take leave of the children that have ended; return their process ids."""
    ended: set[int] = set()
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if process == 0:
            return ended
        ended.add(process)


def _end_all() -> None:
    """Kill children until there are none: those of the killed ones become ours."""
    while True:
        for process in _children():
            os.kill(process, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208  # numbers are wanted, not paths
        if not name.isdecimal():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                parent = file.read().rpartition(b")")[2].split()[1]
        except OSError:
            continue  # it ended meanwhile
        if int(parent) == os.getpid():
            found.append(int(name))
    return found


if __name__ == "__main__":
    sys.exit(main())
