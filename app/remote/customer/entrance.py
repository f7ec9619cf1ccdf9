"""Who comes in through the relay: greeted, told apart by their keys, and their ways kept and carried on."""

import contextlib
import logging
import threading
from collections.abc import Callable
from uuid import UUID

from paramiko import Ed25519Key

from app.remote.errors import LinkError, StrangerError
from app.remote.way.greeting import Greeted, be_greeted, send_away, welcome
from app.remote.way.way import Carrier, Way

_log = logging.getLogger(__name__)

MOST_AT_THE_DOOR = 8
"""Whoever comes through the relay is a stranger until greeted: so many may stand there at once."""
MOST_WAYS = 12
_PATIENCE = 10.0


class Entrance:
    """Takes carriers in. `on_way` gets each new way and the key that its technician proved to hold.

    `on_way` is called on the thread of that arrival, which is its own until it returns. `on_reach` is told whenever
    ways rest or are carried again, `on_stranger` of whoever is sent away. A way may rest for `lost_seconds`. Methods
    may be called from any thread and do not wait.
    """

    def __init__(
        self,
        session: UUID,
        host_key: Ed25519Key,
        on_way: Callable[[Way, str], None],
        on_reach: Callable[[], None],
        on_stranger: Callable[[], None],
        lost_seconds: float,
    ) -> None:
        self._session = session
        self._host_key = host_key
        self._on_way = on_way
        self._on_reach = on_reach
        self._on_stranger = on_stranger
        self._lost_seconds = lost_seconds
        self._lock = threading.Lock()
        self._admitted: dict[str, int] = {}  # keys, and how many ways each may have
        self._somebody = threading.Event()
        self._closed = False
        self._ways: dict[tuple[str, str], Way] = {}
        self._at_the_door = threading.BoundedSemaphore(MOST_AT_THE_DOOR)

    def admit(self, key: str, most_ways: int = MOST_WAYS) -> None:
        """Let the holder of this key in from now on, by so many ways at once."""
        with self._lock:
            self._admitted = {**self._admitted, key: most_ways}
        self._somebody.set()

    def dismiss(self, key: str) -> None:
        """Let the holder of this key in no more. What they came in by goes on until it is closed."""
        with self._lock:
            self._admitted = {one: most for one, most in self._admitted.items() if one != key}

    def arrived(self, carrier: Carrier) -> None:
        """Somebody came."""
        if not self._at_the_door.acquire(blocking=False):
            carrier.close()
            return
        threading.Thread(target=self._welcome, args=(carrier,), name="welcome", daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more, and end every way."""
        with self._lock:
            self._closed = True
            self._admitted = {}
            ways = list(self._ways.values())
        self._somebody.set()
        for way in ways:
            way.close()

    def _welcome(self, carrier: Carrier) -> None:
        new: tuple[Way, str] | None = None
        try:
            if self._somebody.wait(_PATIENCE):
                new = self._greet(carrier)
        except LinkError as error:
            _log.info("Not let in: %s", error)
            if isinstance(error, StrangerError):
                self._on_stranger()
            with contextlib.suppress(OSError, EOFError):
                carrier.close()
        finally:
            self._at_the_door.release()
        if new is not None:
            self._on_way(*new)

    def _greet(self, carrier: Carrier) -> tuple[Way, str] | None:
        """The way that came for the first time, and whose it is; None for one that is carried on."""
        greeted = be_greeted(carrier, session=self._session, host_key=self._host_key, admitted=tuple(self._admitted))
        place = (greeted.key, greeted.way)
        with self._lock:
            known = self._ways.get(place)
            way = known if known is not None or greeted.heard else self._begin(place)
        if way is None:
            send_away(carrier)  # one too many, or one that was over long ago
            carrier.close()
            return None
        self._carry(way, carrier, greeted)
        return (way, greeted.key) if known is None else None

    def _begin(self, place: tuple[str, str]) -> Way | None:
        """A new way for somebody who may still come in. Holds the lock."""
        key = place[0]
        full = sum(one == key for one, _ in self._ways) >= self._admitted.get(key, 0)
        if self._closed or full or len(self._ways) >= MOST_WAYS:
            return None
        way = Way(
            "technician",
            on_rest=self._on_reach,
            on_over=lambda: self._forget(place),
            lost_seconds=self._lost_seconds,
        )
        self._ways[place] = way
        return way

    def _carry(self, way: Way, carrier: Carrier, greeted: Greeted) -> None:
        try:
            welcome(carrier, way.detach())
        except LinkError:
            carrier.close()
            return
        way.carry(carrier, greeted.heard)
        self._on_reach()

    def _forget(self, place: tuple[str, str]) -> None:
        with self._lock:
            self._ways.pop(place, None)
