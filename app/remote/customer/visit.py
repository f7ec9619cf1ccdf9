"""One connection of a technician's: an inner SSH transport on one way, from the handshake to its end."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import threading
import time
from contextlib import suppress

import paramiko
from paramiko import Ed25519Key

from app.remote.customer.files import Note
from app.remote.customer.server import Guest, Server, Work
from app.remote.errors import RemoteError
from app.remote.gate import Gate
from app.remote.transport import CUSTOMER_WINDOW, INNER_DEAD_SECONDS, LOGIN_SECONDS, Pulse, inner_transport
from app.remote.way.way import Way

_TICK = 0.05
_GOODBYE_SECONDS = 1.0


class Visit:
    """The embedded server on one way. `log_in` and `attend` on the thread of the visit, `close` from any."""

    def __init__(self, way: Way, guest: Guest, host_key: Ed25519Key, gate: Gate, work: Work, note: Note) -> None:
        self.guest = guest
        self._way = way
        self._note = note
        self.server = Server(guest, gate, work, note)
        self._transport = inner_transport(way, "technician", CUSTOMER_WINDOW)
        self._transport.add_server_key(host_key)

    @property
    def is_reached(self) -> bool:
        """Whether the technician's end is there at this moment."""
        return self._way.is_carried

    @property
    def left_in_order(self) -> bool:
        """Whether the technician's end said that it leaves, rather than being lost."""
        return self._way.ended_well

    def log_in(self) -> bool:
        """Shake hands and let exactly this guest log in; whether they did. It has so long and no longer."""
        deadline = time.monotonic() + LOGIN_SECONDS
        with suppress(paramiko.SSHException, OSError, EOFError):
            self._transport.start_server(event=threading.Event(), server=self.server)
            while time.monotonic() < deadline and self._transport.is_active():
                if self._transport.logged_in.wait(_TICK):
                    return True
        with suppress(RemoteError):
            self._note("refused", "logging in", why="not the paired technician")
        self.close()
        return False

    def attend(self) -> None:
        """Stay while the technician is in, though their connection may break and come back."""
        pulse = Pulse(self._transport, INNER_DEAD_SECONDS)
        pulse.start()
        self._transport.join()
        pulse.close()
        self.close()

    def await_leaving(self, seconds: float) -> None:
        """Wait until a colleague has heard how it ended, and hung up; the technician knows from the audit."""
        if self.guest.is_colleague and seconds > 0:
            self._transport.join(seconds)

    def see_off(self) -> None:
        """End it soon: the far end has a moment to hear why, and to hang up itself. Any thread; does not wait."""

        def wait_and_close() -> None:
            self._transport.join(_GOODBYE_SECONDS)
            self.close()

        threading.Thread(target=wait_and_close, name="seeing off", daemon=True).start()

    def close(self) -> None:
        """End it. Idempotent; waits a second at most."""
        self._transport.shut()
        self._way.close()
