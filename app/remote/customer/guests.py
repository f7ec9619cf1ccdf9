"""Who may come into a session, and who is in: the technician whose session it is, and colleagues by their own keys."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import threading
from contextlib import suppress

from app.remote.customer.files import Note
from app.remote.customer.server import Guest
from app.remote.customer.visit import Visit
from app.remote.errors import RemoteError
from app.remote.gate import Gate, Request, Verb


class Guests:
    """Known by their keys, each with the ways that they came in by. Any thread.

    A colleague's coming and going is noted, under their own name and key.
    """

    def __init__(self, gate: Gate, note: Note) -> None:
        self._gate = gate
        self._note = note
        self._lock = threading.Lock()
        self._guests: dict[str, Guest] = {}
        self._visits: list[Visit] = []
        self._first: Visit | None = None

    @property
    def first(self) -> Visit | None:
        """The visit that the session stands and falls with."""
        return self._first

    @property
    def visits(self) -> list[Visit]:
        """All that are in."""
        with self._lock:
            return list(self._visits)

    def invite(self, name: str, key: str) -> Guest | None:
        """Expect this technician; the first one is whose session it is, whoever comes later needs the grant by name.

        None where they may not come in, or are expected already.
        """
        with self._lock:
            if key in self._guests:
                return None
            welcome = not self._guests or self._is_invited(name)
            if not welcome:
                with suppress(RemoteError):
                    self._note("refused", f"letting {name} in", why=f"{name} is not invited now")
                return None
            guest = self._guests[key] = Guest(name, key, is_colleague=bool(self._guests))
            return guest

    def of(self, key: str) -> Guest | None:
        """Who holds this key, or None where they may not come in any more."""
        return self._guests.get(key)

    def enter(self, visit: Visit) -> bool:
        """Count this visit; False where its guest may not be in any more, or it cannot be noted."""
        with self._lock:
            guest = visit.guest
            if self._guests.get(guest.key) is not guest or not self._noted(guest, "colleague_came"):
                return False
            self._visits.append(visit)
            if self._first is None and not guest.is_colleague:
                self._first = visit
            return True

    def leave(self, visit: Visit) -> Guest | None:
        """It is over. A colleague who has left by every way may not come back by the same key; they are returned."""
        with self._lock:
            guest = visit.guest
            self._visits.remove(visit)
            if not guest.is_colleague or any(other.guest is guest for other in self._visits):
                return None
            self._noted(guest, "colleague_left")
            self._guests.pop(guest.key, None)
            return guest

    def dismiss(self) -> list[Guest]:
        """Forget the colleagues who are not invited any more, have them leave, and return them."""
        with self._lock:
            gone = [one for one in self._guests.values() if one.is_colleague and not self._is_invited(one.name)]
            for guest in gone:
                del self._guests[guest.key]
            for visit in self._visits:
                if visit.guest in gone:
                    visit.see_off()
            return gone

    def _is_invited(self, name: str) -> bool:
        return self._gate.stands(Request(Verb.WATCH, name))

    def _noted(self, guest: Guest, what: str) -> bool:
        """Note what a colleague does, where they are not in by another way; False where that cannot be."""
        if not guest.is_colleague or any(visit.guest is guest for visit in self._visits):
            return True
        try:
            self._note(what, guest.name, key=guest.key)
        except RemoteError:
            return False
        return True
