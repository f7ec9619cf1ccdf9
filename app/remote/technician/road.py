"""The technician's road to the customer: through the relay, and again through it, or another, when it breaks.

Several ways may travel on one road: the session's own, and one for each program that goes along with it.
"""

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import paramiko
from paramiko import Ed25519Key

from app.domain.errors import BistandError
from app.domain.relay import Door
from app.remote.errors import ConnectionLostError, WayOverError
from app.remote.keys import new_key, public_text
from app.remote.link import Link, TechnicianLink, technician_link
from app.remote.way.greeting import greet, new_way_id
from app.remote.way.way import Way

_log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_COMING_SECONDS = 10.0
"""How long a customer who is not at the relay is waited for at first."""


class Road:
    """A service object. `open` gives a way that outlives the connections it travels on; `close` ends them all.

    `door` asks the service for this side's way to the relay, given the public key for it; it raises `WayOverError` once
    the session is over. `customer_key` is the one that the pairing proved. Any thread; `open` waits for the network.
    """

    def __init__(self, session: UUID, key: Ed25519Key, customer_key: str, door: Callable[[str], Door]) -> None:
        self._session = session
        self._key = key
        self._link_key = new_key()
        self._customer_key = customer_key
        self._door = door
        self._dialling = threading.Lock()
        self._link: TechnicianLink | None = None
        self._newest: Link | None = None  # the one that is just being made, too
        self._number = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._travellers: set[_Traveller] = set()
        self.relay = ""

    def open(self, on_reach: Callable[[bool], None] = lambda _: None) -> Way:
        """A new way to the customer, carried already. `on_reach` is told when it rests and when it is carried again.

        Raises the `LinkError` tree, and what `door` raises.
        """
        traveller = _Traveller(self, on_reach)
        try:
            traveller.set_out()
        except BaseException:
            traveller.way.close()
            raise
        with self._lock:
            self._travellers.add(traveller)
        return traveller.way

    def close(self) -> None:
        """End every way, and leave the relay. Idempotent."""
        self._closed.set()
        with self._lock:
            travellers = list(self._travellers)
        for traveller in travellers:
            traveller.way.close()
        if self._newest is not None:
            self._newest.close()
        for traveller in travellers:
            traveller.join(2.0)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the road is closed; whether it is."""
        return self._closed.wait(seconds)

    def reach(self, after: int) -> tuple[paramiko.Channel, int]:
        """A channel to the customer, and the number of the link that it goes through, a newer one than `after`.

        A link on which something broke is not tried again: the customer may wait elsewhere by now.
        """
        with self._dialling:
            if self._closed.is_set():
                raise WayOverError
            link = self._link
            if link is None or not link.is_up or self._number <= after:
                link = self._renewed()
            number = self._number
        try:
            return link.reach(), number
        except ConnectionLostError:
            link.close()  # the customer waits elsewhere, or not yet: the next try asks anew where
            raise

    def greet(self, carrier: paramiko.Channel, way: str, heard: int) -> int:
        """Prove on a new carrier who we are, and see to it that the other end is whom the pairing proved."""
        return greet(
            carrier,
            session=self._session,
            way=way,
            key=self._key,
            customer_key=self._customer_key,
            heard=heard,
        )

    def forget(self, traveller: "_Traveller") -> None:
        """Its way is over."""
        with self._lock:
            self._travellers.discard(traveller)

    def _renewed(self) -> TechnicianLink:
        """Another link, through the relay where the customer waits now. Holds `_dialling`."""
        if self._link is not None:
            self._link.close()
            self._link = None
        door = self._door(public_text(self._link_key))
        self.relay = f"{door.host}:{door.port}"
        self._link = link = technician_link(door, self._link_key, opened=self._opening)
        self._number += 1
        return link

    def _opening(self, link: Link) -> None:
        self._newest = link
        if self._closed.is_set():
            link.close()


def _pauses() -> Iterator[float]:
    """How long to wait before each next try, in seconds: ever longer."""
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.7, _LONGEST_PAUSE)


class _Traveller:
    """One way on the road, and what it takes to carry it on."""

    def __init__(self, road: Road, on_reach: Callable[[bool], None]) -> None:
        self._road = road
        self._on_reach = on_reach
        self._id = new_way_id()
        self._number = 0
        self._resting = threading.Event()
        self._thread = threading.Thread(target=self._keep_going, name="road", daemon=True)
        self.way = Way("customer", on_rest=self._resting.set, on_over=self._over)

    def set_out(self) -> None:
        """The first time. The customer's computer may be on its way to the relay just now: it is waited for.

        While it comes, nobody listens there yet, or whoever does hangs up.
        """
        until = time.monotonic() + _COMING_SECONDS
        for pause in _pauses():
            try:
                self._travel(after=0)
                break
            except ConnectionLostError:
                if time.monotonic() >= until or self._road.wait(pause):
                    raise
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait for its threads."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)
        self.way.join(seconds)

    def _over(self) -> None:
        self._resting.set()
        self._road.forget(self)

    def _keep_going(self) -> None:
        while not self.way.is_over:
            self._resting.wait()
            self._resting.clear()
            if self.way.is_over:
                return
            self._on_reach(False)
            if self._back_on_the_road():
                self._on_reach(True)

    def _back_on_the_road(self) -> bool:
        for pause in _pauses():
            if self.way.is_over:
                break
            try:
                self._travel(after=self._number)
                return True
            except WayOverError:
                self.way.close()
            except BistandError as error:
                _log.info("Not back on the road yet: %s", error)
            if self._road.wait(pause * (0.5 + secrets.randbelow(1000) / 1000)):
                break
        return False

    def _travel(self, after: int) -> None:
        heard = self.way.detach()
        carrier, self._number = self._road.reach(after)
        try:
            known = self._road.greet(carrier, self._id, heard)
        except BaseException:
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                carrier.close()
            raise
        if not self.way.carry(carrier, known):
            self.way.close()  # the customer's end heard what was never said: it is not the one that we spoke with
            raise ConnectionLostError("The two ends do not remember the same.")
