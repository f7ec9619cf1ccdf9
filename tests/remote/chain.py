"""A whole session on this machine: a real relay, the hosting process, the technician's end. No pairing."""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from app.domain.consent import FilesGrant, Grants, TerminalGrant
from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.customer import control
from app.remote.customer.child import Child
from app.remote.errors import RemoteError, WayOverError
from app.remote.keys import new_key, public_text
from app.remote.relay.relay import Relay
from app.remote.technician.joining import connect
from app.remote.technician.pinned import Pinned
from app.remote.technician.session import TechnicianSession
from app.remote.way.way import LOST_SECONDS
from app.system.clock import SystemClock, new_id

PATIENCE = 20.0
_T = TypeVar("_T")


def soon(minutes: float = 10) -> datetime:
    """A moment some minutes from now."""
    return datetime.now(UTC) + timedelta(minutes=minutes)


def terminal() -> Grants:
    """A terminal for ten minutes."""
    return Grants(grants=(TerminalGrant(until=soon()),))


def files(folder: Path, *, write: bool = True) -> Grants:
    """A folder for ten minutes."""
    return Grants(grants=(FilesGrant(folder=str(folder), write=write, until=soon()),))


def both(folder: Path) -> Grants:
    """A terminal and a folder for ten minutes."""
    return Grants(grants=terminal().grants + files(folder).grants)


class Hosted:
    """The customer's end, as the app holds it, waiting at the relay for the technician with `key`."""

    def __init__(self, relay: Relay, folder: Path, grants: Grants, *, lost_seconds: float = LOST_SECONDS) -> None:
        self.relay = relay
        self.session, self.case = new_id(), new_id()
        self.key = new_key()
        self.technician_folder = folder / "technician"
        self.customer_folder = folder / "customer"
        for made in (self.technician_folder, self.customer_folder):
            made.mkdir(exist_ok=True)
        self._messages: queue.Queue[control.FromHost] = queue.Queue()
        self.seen: list[control.FromHost] = []
        self.gone = threading.Event()
        self.child = Child(self._heard, self.gone.set)
        self.child.start()
        begin = control.Begin(
            session=self.session,
            case=self.case,
            customer="Møller",
            parent=os.getpid(),
            folder=str(self.customer_folder),
            grants=grants,
            lost_seconds=lost_seconds,
        )
        self.child.say(begin)
        self._ready = ready = self.wait_for(control.Ready)
        self.host_key = ready.host_key
        self.child.say(control.Listen(door=relay.admit_customer(self.session, ready.link_key)))
        self.wait_for(control.Listening)
        self.child.say(control.Paired(technician="Anna", key=public_text(self.key)))

    def _heard(self, message: control.FromHost) -> None:
        """On the child's thread. Another place at the relay is found as the app does it."""
        self._messages.put(message)
        if isinstance(message, control.DoorWanted):
            threading.Thread(target=self._find_door, name="another door", daemon=True).start()

    def _find_door(self) -> None:
        try:
            door = self.relay.admit_customer(self.session, self._ready.link_key)
        except RemoteError:
            self.child.say(control.NoDoor())
        else:
            self.child.say(control.Listen(door=door))

    def wait_for(self, kind: type[_T], such: Callable[[_T], bool] = lambda _: True) -> _T:
        """The next message of this kind."""
        while True:
            message = self._messages.get(timeout=PATIENCE)
            self.seen.append(message)
            if isinstance(message, kind) and such(message):
                return message

    def wait_until_paired(self) -> None:
        """Until the customer's end knows whom to let in."""
        self.wait_for(control.Noted, lambda noted: noted.what == "grant")

    def pinned(self) -> Pinned:
        """What the pairing would have proved to the technician."""
        return Pinned(self.session, self.case, "Anna", self.host_key, self.key)

    def door(self, key: str) -> Door:
        """The technician's way to the relay, as the service gives it while the session lasts."""
        if self.gone.is_set():
            raise WayOverError
        return self.relay.admit_technician(self.session, key)

    def join(self) -> TechnicianSession:
        """Come in as the technician."""
        return connect(self.pinned(), self.door, folder=self.technician_folder, clock=SystemClock())

    def stop(self) -> control.Over:
        """Stop, as the customer does."""
        self.child.say(control.Stop(reason=EndReason.CUSTOMER_STOPPED))
        over = self.wait_for(control.Over)
        assert self.child.join(PATIENCE)
        return over


@contextmanager
def hosted(relay: Relay, folder: Path, grants: Grants, *, lost_seconds: float = LOST_SECONDS) -> Iterator[Hosted]:
    """A customer who waits, ended afterwards whatever happens."""
    host = Hosted(relay, folder, grants, lost_seconds=lost_seconds)
    try:
        yield host
    finally:
        host.child.kill()
        host.relay.expel(host.session)
