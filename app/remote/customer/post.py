"""The customer's place at the relay, kept for as long as the session lasts: when it is lost, another is asked for."""

import logging
import secrets
import threading
from collections.abc import Callable

import paramiko
from paramiko import Ed25519Key

from app.domain.relay import Door
from app.remote.errors import RemoteError
from app.remote.link import Link, customer_link

_log = logging.getLogger(__name__)

_TICK = 0.2
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds between tries, each half as long again as the one before
_ASK_AGAIN_SECONDS = 40.0


class Post:
    """A service object. `on_arrival` gets whoever comes in at the relay; `want_door` asks the app for another door.

    `on_waiting` is told each time that the customer waits at a relay. A door is given with `listen`.
    """

    def __init__(
        self,
        key: Ed25519Key,
        *,
        on_arrival: Callable[[paramiko.Channel], None],
        on_waiting: Callable[[], None],
        want_door: Callable[[], None],
    ) -> None:
        self._key = key
        self._on_arrival = on_arrival
        self._on_waiting = on_waiting
        self._want_door = want_door
        self._news = threading.Condition()
        self._door: Door | None = None
        self._none_to_be_had = False
        self._link: Link | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)

    def listen(self, door: Door) -> None:
        """Wait at this door from now on."""
        with self._news:
            self._door = door
            self._news.notify_all()
        if self._thread.ident is None:
            self._thread.start()

    def no_door(self) -> None:
        """There is none now: ask again in a while."""
        with self._news:
            self._none_to_be_had = True
            self._news.notify_all()

    def close(self) -> None:
        """Leave the relay. Any thread; does not wait for the network."""
        self._closed.set()
        with self._news:
            self._news.notify_all()
        if self._link is not None:
            self._link.close()

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            with self._news:
                door, self._door = self._door, None
            if door is not None and self._wait_there(door):
                pause = _FIRST_PAUSE
            self._closed.wait(pause * (0.5 + secrets.randbelow(1000) / 1000))  # not all customers of a relay at once
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            self._ask()

    def _ask(self) -> None:
        """Ask for another door; returns once there is an answer, or none in time."""
        if self._closed.is_set():
            return
        with self._news:
            self._none_to_be_had = False
        self._want_door()
        with self._news:
            self._news.wait_for(lambda: self._door or self._none_to_be_had or self._closed.is_set(), _ASK_AGAIN_SECONDS)

    def _wait_there(self, door: Door) -> bool:
        """Wait at a door until the relay goes away; whether it let us wait at all."""
        try:
            link = customer_link(door, self._key, opened=self._keep)
        except RemoteError as error:
            _log.info("No place at the relay: %s", error)
            return False
        self._on_waiting()
        try:
            while link.is_up and not self._closed.is_set() and self._door is None:
                carrier = link.accept(_TICK)
                if carrier is not None:
                    self._on_arrival(carrier)
        finally:
            link.close()
        return True

    def _keep(self, link: Link) -> None:
        self._link = link
        if self._closed.is_set():
            link.close()
