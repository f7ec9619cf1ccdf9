"""Cutting what a session travels on, and waiting until it is back."""

import threading
from contextlib import suppress

import psutil

from app.remote.relay.relay import Relay
from app.remote.relay.sshd import Side
from app.remote.technician.session import TechnicianSession


def connections(relay: Relay, side: Side) -> list[psutil.Process]:
    """The sshd processes that serve this side of the relay now, each with what it has started."""
    assert relay._doors is not None
    found = []
    for at, _, process in list(relay._doors._served):
        with suppress(psutil.NoSuchProcess):
            found += [*process.children(recursive=True), process] if at is side else []
    return found


def cut(relay: Relay, *sides: Side) -> None:
    """Reset: the relay's processes for these sides are killed outright."""
    for process in [process for side in sides for process in connections(relay, side)]:
        with suppress(psutil.NoSuchProcess):  # it ended with the one before it
            process.kill()


class Reach:
    """Whether the technician's end reaches the customer, awaited."""

    def __init__(self, session: TechnicianSession) -> None:
        self._news = threading.Condition()
        self.lost = self.back = 0
        session.on_reach(self._told)

    def _told(self, reached: bool) -> None:
        with self._news:
            self.back += reached
            self.lost += not reached
            self._news.notify_all()

    def wait_until_back(self, times: int, seconds: float = 60.0) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.back >= times, seconds), (self.lost, self.back)
