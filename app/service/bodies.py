"""A request's body as the service takes it: not too long, not too slow, and not too much from one device."""

import asyncio
import time
from collections.abc import Callable

from starlette.types import Message, Receive

from app.service.problems import too_large, too_slow

_SLOWEST = 4096
"""Bytes per second that a body keeps up, beyond the patience that each begins with."""


class Body:
    """The same body, which turns into a problem where it breaks a bound. Event loop's thread only.

    `limit` is in bytes, `patience` in seconds; `pay` is told of every piece, and raises where the device has sent
    too much. Only the time in which nothing came is held against the sender.
    """

    def __init__(self, receive: Receive, *, limit: int, patience: float, pay: Callable[[int], None]) -> None:
        self._receive = receive
        self._limit = limit
        self._patience = patience
        self._pay = pay
        self._came = 0
        self._waited = 0.0
        self._is_whole = False

    async def receive(self) -> Message:
        """The next piece. Raises a 413, 408 or 429 problem."""
        if self._is_whole:
            return await self._receive()  # what comes now is that the connection has gone
        began = time.monotonic()
        left = self._patience + self._came / _SLOWEST - self._waited
        try:
            async with asyncio.timeout(max(0.0, left)):
                message = await self._receive()
        except TimeoutError:
            raise too_slow() from None
        self._waited += time.monotonic() - began
        self._count(len(message.get("body", b"")))
        self._is_whole = not message.get("more_body", False)
        return message

    def _count(self, size: int) -> None:
        self._came += size
        if self._came > self._limit:
            raise too_large("The request", self._limit)
        self._pay(size)
