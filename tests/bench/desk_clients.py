"""Light desks for `push_to_screen` and `waiting_desks`: many devices that wait for news, in a program of their own.

    python -m tests.bench.desk_clients < JSON

It is told `{"cursor": CURSOR, "services": [{"port": PORT, "tokens": [TOKEN, ...]}, ...]}` in one line. Each token is a
device with a connection of its own, which asks, reads and asks again as a desk does, and keeps nothing. At each further
line it says what arrived since, `{"arrived": {VERSION: [MOMENT, ...]}, "answers": N, "lost": N}`; moments are of the
machine's monotonic clock, once the answer is read as JSON. It ends with its input.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from typing import Any
from urllib.parse import quote

from app.sync.loop import BREATH, Pauses

_AT_ONCE = 64
_WAIT = 25


class Arrivals:
    """What came in, at all desks together."""

    def __init__(self) -> None:
        self.moments: defaultdict[int, list[float]] = defaultdict(list)
        self.answers = 0
        self.lost = 0

    def told(self) -> dict[str, Any]:
        """All since the last time."""
        told = {"arrived": dict(self.moments), "answers": self.answers, "lost": self.lost}
        self.moments.clear()
        self.answers = self.lost = 0
        return told


class Desk(asyncio.Protocol):
    """One device. It asks at once and then with a wait, and comes back after a pause where it is cut off."""

    def __init__(self, port: int, token: str, cursor: str, arrivals: Arrivals) -> None:
        self.asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._port = port
        self._rest = f" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._cursor = cursor
        self._arrivals = arrivals
        self._wait = 0
        self._began = 0.0
        self._came = bytearray()
        self._pauses = Pauses()
        self._transport: asyncio.Transport | None = None

    async def link(self) -> None:
        """Connect, or try again later."""
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)
        except OSError:
            self._come_back()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._came.clear()
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """The service has gone."""
        self._arrivals.lost += 1
        self._come_back()

    def data_received(self, data: bytes) -> None:
        """An answer, or a piece of one."""
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        if not end:
            return
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(body) < int(length):
            return
        self._came.clear()
        if head.split(b" ", 2)[1] != b"200":
            assert self._transport is not None
            self._transport.close()
            return
        self._read(json.loads(body))

    def _read(self, page: dict[str, Any]) -> None:
        now = time.monotonic()
        self._arrivals.answers += 1
        for entry in page["events"]:
            self._arrivals.moments[entry["version"]].append(now)
        self._cursor = page["cursor"]
        self._wait, self._pauses = _WAIT, Pauses()
        quick = now - self._began < 1
        asyncio.get_running_loop().call_later(BREATH if quick else 0, self._ask)

    def _ask(self) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        self._began = time.monotonic()
        line = f"GET /v1/events?wait={self._wait}&after={quote(self._cursor)}"
        self._transport.write((line + self._rest).encode())
        if self._wait and not self.asked.done():
            self.asked.set_result(None)

    def _come_back(self) -> None:
        self._wait = 0
        loop = asyncio.get_running_loop()
        loop.call_later(self._pauses.next(), lambda: loop.create_task(self.link()))


async def _main() -> None:
    told = json.loads(sys.stdin.readline())
    arrivals, at_once = Arrivals(), asyncio.Semaphore(_AT_ONCE)

    async def bring(desk: Desk) -> None:
        async with at_once:
            await desk.link()
            await desk.asked

    desks = [
        Desk(each["port"], token, told["cursor"], arrivals) for each in told["services"] for token in each["tokens"]
    ]
    await asyncio.gather(*map(bring, desks))
    while True:
        _say(arrivals.told())
        if not await asyncio.to_thread(sys.stdin.readline):
            return


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
