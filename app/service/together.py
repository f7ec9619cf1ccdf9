"""Questions that are asked at the same moment, answered together: a thousand desks that wake make one look."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

Question = TypeVar("Question")
Answer = TypeVar("Answer")

_MOST = 1000  # at once; the others are next


class Together(Generic[Question, Answer]):
    """Collects what is asked while the last questions are being answered. Event loop's thread only.

    `answer` runs in a worker thread, never twice at the same time, and begins after all of its questions were asked: no
    answer is older than its question. It returns one answer for each, in order; an exception among them is raised for
    whoever asked that, and one that it raises for all.
    """

    def __init__(self, answer: Callable[[Sequence[Question]], Sequence[Answer | Exception]]) -> None:
        self._answer = answer
        self._asked: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._limiter: CapacityLimiter | None = None
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to it, or the exception that stands in its place."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked.append((question, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._answer_all())
        return await future

    async def _answer_all(self) -> None:
        self._limiter = self._limiter or CapacityLimiter(1)  # a thread of its own: it waits behind no upload
        while self._asked:
            some, self._asked = self._asked[:_MOST], self._asked[_MOST:]
            try:
                answers = await to_thread.run_sync(self._answer, [each for each, _ in some], limiter=self._limiter)
            except Exception as error:  # noqa: BLE001 - it is theirs who asked
                answers = [error] * len(some)
            except asyncio.CancelledError:
                for _, future in some + self._asked:
                    future.cancel()
                raise
            for (_, future), answer in zip(some, answers, strict=True):
                _settle(future, answer)


def _settle(future: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    if future.done():
        return  # whoever asked has gone
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
