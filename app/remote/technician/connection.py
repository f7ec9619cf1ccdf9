"""A technician's connection to the customer: inner SSH, both keys pinned, on a way that outlives what it travels on."""

from collections.abc import Callable

from app.domain.relay import Door
from app.remote.seals import USER
from app.remote.technician.pinned import Pinned
from app.remote.technician.road import Road
from app.remote.transport import (
    INNER_DEAD_SECONDS,
    TECHNICIAN_WINDOW,
    HardenedTransport,
    Pulse,
    inner_transport,
    log_in,
)
from app.remote.way.way import Way


class Connection:
    """`reach`, then `log_in`; `close` in the end, whatever came of them. Both wait for the network.

    `door` asks the service for this side's way to the relay, now and each time that the connection breaks.
    """

    def __init__(self, pinned: Pinned, door: Callable[[str], Door]) -> None:
        self._pinned = pinned
        self.road = Road(pinned.session, pinned.key, pinned.customer_key, door)
        self.way: Way | None = None
        self.inner: HardenedTransport | None = None
        self._pulse: Pulse | None = None

    @property
    def relay(self) -> str:
        """Where it meets the customer, as `host:port`."""
        return self.road.relay

    @property
    def is_reached(self) -> bool:
        """Whether the customer's computer is there at this moment. While it is not, everything waits for it."""
        return self.way is not None and self.way.is_carried

    @property
    def is_up(self) -> bool:
        """Whether the inner SSH has begun, and is not over."""
        return self.inner is not None and self.inner.is_active()

    def reach(self, on_reach: Callable[[bool], None]) -> Way:
        """A way to the customer; `on_reach` is told when they are lost, and are back. Raises as `Road.open`."""
        self.way = self.road.open(on_reach)
        return self.way

    def log_in(self, way: Way) -> HardenedTransport:
        """Speak SSH on it, with exactly the paired customer. Raises `WrongHostKeyError`, `ConnectionLostError`."""
        self.inner = inner_transport(way, "customer", TECHNICIAN_WINDOW)
        log_in(self.inner, host_key=self._pinned.customer_key, user=USER, key=self._pinned.key)
        self._pulse = Pulse(self.inner, INNER_DEAD_SECONDS)
        self._pulse.start()
        return self.inner

    def close(self) -> None:
        """End it. Idempotent."""
        if self._pulse is not None:
            self._pulse.close()
        if self.inner is not None:
            self.inner.shut()
        self.road.close()
