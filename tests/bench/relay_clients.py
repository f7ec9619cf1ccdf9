"""Parties at a relay for `relay_load`, in a program of their own, so that the relay's figures are the relay's alone.

    python -m tests.bench.relay_clients < JSON

It is told `{"waiting": [[door, key], ...], "sessions": [[door, key, door, key], ...]}` in one line, links everybody
with the program's own code, says `{"linked": SECONDS}`, and at each further line, a number of seconds, lets the
sessions' customers send for so long at the rate of a busy screen; it then tells what arrived. It ends with its input.
"""

import json
import queue
import random
import statistics
import struct
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from app.domain.relay import Door
from app.remote.keys import read_private
from app.remote.link import CustomerLink, Link, customer_link, technician_link

PIECE = 18_000
PIECES_A_SECOND = 10  # 180 kB/s a session
_AT_ONCE = 8
_STAMP = struct.Struct("!d")


class Session:
    """A customer and a technician who are connected, and a one-way stream between them."""

    def __init__(self, customer: CustomerLink, technician: Link, outgoing: Any, incoming: Any) -> None:
        self.links = (technician, customer)
        self._outgoing = outgoing
        self._incoming = incoming
        self._delays: list[float] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, seconds: float) -> None:
        """Send pieces at the rate, each with the moment it was sent."""
        time.sleep(random.random() / PIECES_A_SECOND)  # not all in step
        began, rest = time.monotonic(), bytes(PIECE - _STAMP.size)
        for number in range(int(seconds * PIECES_A_SECOND)):
            time.sleep(max(0.0, began + number / PIECES_A_SECOND - time.monotonic()))
            self._outgoing.sendall(_STAMP.pack(time.monotonic()) + rest)

    def delays(self) -> list[float]:
        """How long each piece that has arrived was on its way, in seconds; told once."""
        told, self._delays = self._delays, []
        return told

    def _read(self) -> None:
        kept = b""
        while data := self._incoming.recv(65536):
            kept += data
            while len(kept) >= PIECE:
                self._delays.append(time.monotonic() - _STAMP.unpack_from(kept)[0])
                kept = kept[PIECE:]


def main() -> None:
    """Do as told until the input ends."""
    told = json.loads(sys.stdin.readline())
    began = time.monotonic()
    links: list[CustomerLink] = []
    sessions: list[Session] = []
    _do(partial(_wait, links), told["waiting"], _AT_ONCE)
    _do(partial(_meet, sessions), told["sessions"], _AT_ONCE)
    _say({"linked": time.monotonic() - began})
    for line in sys.stdin:
        seconds = float(line)
        _do(partial(_send, seconds), [[one] for one in sessions], len(sessions))
        time.sleep(1.0)  # for the last pieces
        delays = [delay for session in sessions for delay in session.delays()]
        wanted = int(seconds * PIECES_A_SECOND) * len(sessions)
        _say({
            "arrived": len(delays),
            "sent": wanted,
            "p50": statistics.median(delays),
            "p99": statistics.quantiles(delays, n=100)[98],
        })  # fmt: skip


def _wait(links: list[CustomerLink], door: dict[str, Any], key: str) -> CustomerLink:
    link = customer_link(Door.model_validate(door), read_private(key))
    links.append(link)
    return link


def _meet(
    sessions: list[Session], door: dict[str, Any], key: str, technicians_door: dict[str, Any], technicians_key: str
) -> None:
    customer = _wait([], door, key)
    technician = technician_link(Door.model_validate(technicians_door), read_private(technicians_key))
    incoming = technician.reach()
    outgoing = customer.accept(20)
    if outgoing is None:
        raise TimeoutError("the technician did not come through")
    sessions.append(Session(customer, technician, outgoing, incoming))


def _send(seconds: float, session: Session) -> None:
    session.send(seconds)


def _do(work: Callable[..., object], each: list[list[Any]], at_once: int) -> None:
    """The work with each of these, so many at the same time."""
    left: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    for one in each:
        left.put(one)

    def run() -> None:
        while True:
            try:
                one = left.get_nowait()
            except queue.Empty:
                return
            work(*one)

    threads = [threading.Thread(target=run) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
