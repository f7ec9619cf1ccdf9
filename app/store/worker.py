"""One thread that owns one thing, such as a database connection that only its own thread may touch."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar

_LISTENS = 0.5
"""Seconds after which a thread that waits looks up. Python does not hear a Ctrl-C that comes just before it waits."""

Thing = TypeVar("Thing")
Result = TypeVar("Result")


class WorkerClosedError(RuntimeError):
    """Work was handed in after the worker was closed. It was not done."""


class Worker(Generic[Thing]):
    """Makes the thing on a thread of its own, does all work on it there, and ends both together.

    Its methods may be called from any thread. Work is done in the order in which it was handed in.
    """

    def __init__(self, name: str, make: Callable[[], Thing], end: Callable[[Thing], None]) -> None:
        """Waits for `make`; what that raises is raised here, and no thread is left behind."""
        self._end = end
        self._closing = threading.Lock()
        self._thread_id: int | None = None
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        try:
            self._thing = self._threads.submit(self._begin, make).result()
        except BaseException:
            self._threads.shutdown()
            raise

    def do(self, job: Callable[[Thing], Result]) -> Result:
        """What the job returns, or raises, given the thing. Called from within a job it runs at once.

        Raises `WorkerClosedError` after `close`.
        """
        if threading.get_ident() == self._thread_id:
            return job(self._thing)
        return _result(self._submit(job))

    def close(self) -> None:
        """Finish what was handed in, end the thing and the thread. Closing twice is fine.

        Called from within a job, it lets that job finish and does not wait.
        """
        within = threading.get_ident() == self._thread_id
        with self._closing:
            try:
                ended = self._submit(self._end)
            except WorkerClosedError:
                ended = None
            self._threads.shutdown(wait=False)
        if within:
            return
        self._threads.shutdown(wait=True)
        if ended is not None:
            ended.result()

    def _begin(self, make: Callable[[], Thing]) -> Thing:
        thing = make()
        self._thread_id = threading.get_ident()
        return thing

    def _submit(self, job: Callable[[Thing], Result]) -> "Future[Result]":
        try:
            return self._threads.submit(job, self._thing)
        except RuntimeError as error:
            raise WorkerClosedError("The worker is closed already.") from error


def _result(future: "Future[Result]") -> Result:
    """What it ends with, however long that takes."""
    while not future.done():
        with suppress(TimeoutError):
            return future.result(_LISTENS)
    return future.result()
