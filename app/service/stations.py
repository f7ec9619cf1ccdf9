"""The further relays that report here: what each carries, what it is to do, and what it answered.

Nothing listens on a relay's machine for the service: it asks for orders and waits a while for them, and tells with the
next question what became of the last ones. What is lost on the way is made good: an order without an answer in time
has failed, and sessions that a relay should not hold any more are seen in what it reports.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from app.domain.relay import Door, Order, OrderAnswer, RelayLoad, RelayReport
from app.service.errors import RelayRefusedError, RelaySilentError

_log = logging.getLogger(__name__)

ORDER_SECONDS = 5.0
"""How long an order may go without an answer."""
LATELY_SECONDS = 20.0
"""A relay that was not heard of for so long is not counted on."""


class AllStations(Protocol):
    """All further relays of one shop. Methods may block, and may be called from any thread."""

    def hear(self, relay: UUID, report: RelayReport, wake: Callable[[], object]) -> int:
        """Take in a report. Returns its turn, for `take`; `wake` is called, on any thread, once there are orders."""

    def take(self, relay: UUID, turn: int) -> tuple[Order, ...]:
        """The orders for the relay; none where it has asked again since: the later question gets them."""

    def leave(self, relay: UUID) -> None:
        """The relay stops, and says so."""

    def answering(self) -> dict[UUID, int]:
        """The relays that answered lately, each with the sessions that it holds or is about to."""

    def loads(self) -> dict[UUID, RelayLoad]:
        """What the relays that answered lately carry, as they told."""

    def order(self, relay: UUID, order: Order) -> Door:
        """Have the relay do it, and wait for its door. Raises `RelaySilentError` or `RelayRefusedError`."""

    def tell(self, relay: UUID, order: Order) -> None:
        """Have the relay do it; nobody waits. One that is away finds out when it reports again."""


@dataclass(slots=True)
class _Station:
    """One further relay, since it first reported. `turn` counts its questions: only the latest gets orders."""

    run: UUID
    load: RelayLoad
    wake: Callable[[], object]
    heard: float = 0.0
    turn: int = 0
    silent: bool = False
    queue: deque[Order] = field(default_factory=deque)
    unanswered: dict[UUID, "Future[OrderAnswer]"] = field(default_factory=dict)

    def fail(self) -> None:
        """Nobody will answer what was asked."""
        self.queue.clear()
        for future in self.unanswered.values():
            future.set_exception(RelaySilentError())
        self.unanswered.clear()


class Stations:
    """All further relays of a service that is the only one. Any thread; `now` is in seconds and never goes back."""

    def __init__(self, *, patience: float = ORDER_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._now = now
        self._lock = threading.Lock()
        self._stations: dict[UUID, _Station] = {}

    def hear(self, relay: UUID, report: RelayReport, wake: Callable[[], object]) -> int:
        """Take in a report. Returns its turn, for `take`; `wake` is called, on any thread, once there are orders."""
        with self._lock:
            station = self._stations.get(relay)
            if station is None:
                station = self._stations[relay] = _Station(report.run, report.load, wake)
            elif station.run != report.run:
                station.fail()  # it was started anew, and knows of nothing
                station.run = report.run
            station.load, station.wake = report.load, wake
            station.heard, station.silent = self._now(), False
            station.turn += 1
            for answer in report.answers:
                future = station.unanswered.pop(answer.order, None)
                if future is not None:  # else nobody waits for it any longer
                    future.set_result(answer)
            return station.turn

    def take(self, relay: UUID, turn: int) -> tuple[Order, ...]:
        """The orders for the relay; none where it has asked again since: the later question gets them."""
        with self._lock:
            station = self._stations.get(relay)
            if station is None or station.turn != turn:
                return ()
            orders = tuple(station.queue)
            station.queue.clear()
            return orders

    def leave(self, relay: UUID) -> None:
        """The relay stops, and says so."""
        with self._lock:
            station = self._stations.pop(relay, None)
            if station is not None:
                station.fail()
        _wake(station)

    def answering(self) -> dict[UUID, int]:
        """The relays that answered lately, each with the sessions that it holds or is about to."""
        with self._lock:
            return {
                relay: station.load.sessions + len(station.unanswered)
                for relay, station in self._stations.items()
                if self._answers(station)
            }

    def loads(self) -> dict[UUID, RelayLoad]:
        """What the relays that answered lately carry, as they told."""
        with self._lock:
            return {relay: each.load for relay, each in self._stations.items() if self._answers(each)}

    def order(self, relay: UUID, order: Order) -> Door:
        """Have the relay do it, and wait for its door.

        Raises `RelaySilentError` where no answer came in time, `RelayRefusedError` with the relay's own words.
        """
        future: Future[OrderAnswer] = Future()
        with self._lock:
            station = self._stations.get(relay)
            if station is None or not self._answers(station):
                raise RelaySilentError
            station.unanswered[order.id] = future
            station.queue.append(order)
        _wake(station)
        try:
            return door_of(future.result(self._patience))
        except TimeoutError:
            self._give_up(station, order)
            raise RelaySilentError from None

    def tell(self, relay: UUID, order: Order) -> None:
        """Have the relay do it; nobody waits. One that is away finds out when it reports again."""
        with self._lock:
            station = self._stations.get(relay)
            if station is None or not self._answers(station):
                return
            station.queue.append(order)
        _wake(station)

    def _answers(self, station: _Station) -> bool:
        return not station.silent and self._now() - station.heard <= LATELY_SECONDS

    def _give_up(self, station: _Station, order: Order) -> None:
        with self._lock:
            station.silent = True  # until it is heard again
            station.unanswered.pop(order.id, None)
            with contextlib.suppress(ValueError):
                station.queue.remove(order)


def door_of(answer: OrderAnswer) -> Door:
    """The door that a relay gave. Raises `RelayRefusedError` with its own words."""
    if answer.door is None or answer.refusal is not None:
        raise RelayRefusedError(answer.refusal or "The relay gave no door.")
    return answer.door


def _wake(station: _Station | None) -> None:
    if station is not None:
        with contextlib.suppress(RuntimeError):  # the service has stopped meanwhile
            station.wake()
