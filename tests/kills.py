"""Programs that end as a power cut would end them, at a named point of the program's own code.

A point names a function of the real code and a side of it. The child process that is to die there wraps the function
and sends itself SIGKILL when it gets so far for the n-th time; the program knows nothing of it. Children are forked
from a process that has imported the program once.

`BISTAND_KILLS=100` kills at each point as many times; without it, once at every second point or fewer.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce, wraps
from importlib import import_module
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Literal

import pytest

_ALL = "BISTAND_KILLS" in os.environ
KILLS = int(os.environ.get("BISTAND_KILLS", "1"))
PATIENCE = 60.0
"""How long a child may take to get to its point, in seconds."""

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")

_PRELOADED = ["tests.service.kills.parts", "tests.store.parts", "app.service.app", "app.service.run"]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a program dies: before or after the `nth` call of `seam`, a `module:name` or `module:Class.name`.

    Only calls from within a call of `within` count, where that is given.
    """

    name: str
    when: Literal["before", "after"]
    seam: str
    nth: int = 1
    within: str | None = None

    def __str__(self) -> str:
        return self.name


def usual(points: Sequence[Point], *, first: int = 0, every: int = 2) -> Sequence[Point]:
    """Every second point, or fewer, from the first or a later one on; all of them where `BISTAND_KILLS` is set."""
    return points if _ALL else points[first::every]


def arm(point: Point) -> None:
    """Have this process die at the point. It must have no other work."""
    depth = [0 if point.within else 1]
    if point.within:
        wrap(point.within, _counting_depth(depth))
    left = count(1)

    def die(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        is_here = depth[0] > 0 and next(left) == point.nth
        if is_here and point.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **named)
        if is_here:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    wrap(point.seam, die)


def wrap(seam: str, around: Callable[..., Any]) -> None:
    """In this process, have `around` called in place of the function, which it gets as its first argument."""
    owner, name = _found(seam)
    real = getattr(owner, name)

    @wraps(real)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        return around(real, *arguments, **named)

    setattr(owner, name, wrapped)


def set_size(seam: str, size: int) -> None:
    """In this process, have something come in smaller pieces, so that a little of it takes several steps."""
    owner, name = _found(seam)
    assert isinstance(getattr(owner, name), int), seam
    setattr(owner, name, size)


def start(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Have a process of its own do this. The function and what it gets are sent there: keep them plain."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(_PRELOADED)
    process = forking.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def pipe() -> tuple[Connection, Connection]:
    """Two ends, one of them for a child."""
    return multiprocessing.get_context("forkserver").Pipe()


def must_die(process: BaseProcess, point: Point) -> None:
    """Wait for its end, which must have come at the point."""
    process.join(PATIENCE)
    status = process.exitcode
    if status is None:
        process.kill()
        process.join()
    assert status == -signal.SIGKILL, f"it never came to this point: {point} (exit status {status})"


def _found(seam: str) -> tuple[Any, str]:
    module, _, path = seam.partition(":")
    *owners, name = path.split(".")
    return reduce(getattr, owners, import_module(module)), name


def _counting_depth(depth: list[int]) -> Callable[..., Any]:
    def entered(real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        depth[0] += 1
        try:
            return real(*arguments, **named)
        finally:
            depth[0] -= 1

    return entered
