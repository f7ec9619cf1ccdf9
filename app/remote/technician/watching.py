"""A colleague's end of a session: sees what its terminal shows, and types into it where the customer allowed that.

Nothing is recorded here and no audit is kept: both belong to the session, whose technician's end keeps them. There the
colleague's coming, going and typing stand under their own name and key.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import paramiko

from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.errors import ConnectionLostError, RefusedByCustomerError
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.technician import AnswerLimits
from app.remote.seals import TAKEN_BACK, WATCH_CHANNEL, WATCH_OVER
from app.remote.technician.connection import Connection
from app.remote.technician.pinned import Pinned, pin
from app.remote.transport import CHANNEL_SECONDS, HardenedTransport

_CHUNK = 64 * 1024
_JOIN_SECONDS = 2.0
_BROKEN = (OSError, EOFError, paramiko.SSHException)


@dataclass(frozen=True, slots=True)
class WatchOver:
    """How looking on ended. `reason` is the session's, or None where it goes on: `taken_back`, or left from here."""

    reason: EndReason | None
    taken_back: bool = False


class WatchedSession:
    """A service object: `connect`, `close`. The other methods may be called from any thread.

    `on_output` gets what the terminal shows, untrusted, on a thread of this object's own; `on_reach` is told when the
    customer's computer is lost and when it is back. `door` asks the service for this side's way to the relay.
    """

    def __init__(
        self,
        pinned: Pinned,
        door: Callable[[str], Door],
        on_output: Callable[[bytes], None],
        on_reach: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self.session = pinned.session
        self.case = pinned.case
        self._on_output = on_output
        self._on_reach = on_reach
        self._connection = Connection(pinned, door)
        self._channel: paramiko.Channel | None = None
        self._leaving = threading.Event()
        self._over: WatchOver | None = None
        self._thread = threading.Thread(target=self._read, name="looking on", daemon=True)

    @property
    def relay(self) -> str:
        """Where it meets the customer, as `host:port`."""
        return self._connection.relay

    @property
    def is_reached(self) -> bool:
        """Whether the customer's computer is there at this moment. While it is not, everything waits for it."""
        return self._connection.is_reached

    def connect(self) -> None:
        """Go to the customer. Raises the `LinkError` tree and `RefusedByCustomerError`; all is closed then."""
        try:
            way = self._connection.reach(self._on_reach)
            self._channel = self._watch(self._connection.log_in(way))
        except _BROKEN as error:
            self._connection.close()
            raise ConnectionLostError(f"The customer's computer hung up: {error}") from error
        except BaseException:
            self._connection.close()
            raise
        self._thread.start()

    def write(self, data: bytes) -> None:
        """What was typed; the customer's end passes it on where they allow it. Raises `ConnectionLostError`."""
        try:
            if self._channel is not None:
                self._channel.sendall(data)
        except _BROKEN as error:
            raise ConnectionLostError("You are not in the session any more.") from error

    def resize(self, columns: int, rows: int) -> None:
        """The terminal's size is the technician's to say whose session it is."""

    def wait(self, timeout: float | None = None) -> WatchOver | None:
        """Until it is over, by whomever: how; None after `timeout` seconds."""
        self._thread.join(timeout)
        return self._over

    def close(self) -> None:
        """Leave. Idempotent."""
        self._leaving.set()
        self._connection.close()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(_JOIN_SECONDS)

    def _watch(self, inner: HardenedTransport) -> paramiko.Channel:
        channel = inner.open_session(timeout=CHANNEL_SECONDS)
        try:
            channel.invoke_subsystem(WATCH_CHANNEL)
        except paramiko.SSHException as error:
            if inner.is_active():
                raise RefusedByCustomerError("looking on, at this moment") from error
            raise
        return channel

    def _read(self) -> None:
        channel = self._channel
        assert channel is not None  # noqa: S101 - the thread begins with it
        with contextlib.suppress(*_BROKEN):
            while (data := channel.recv(_CHUNK)) and self._is_shown(data):
                pass
        with contextlib.suppress(*_BROKEN):
            channel.close()  # what was to be said stands in its exit status by now
        self._over = self._outcome(channel)
        self._connection.close()

    def _is_shown(self, untrusted: bytes) -> bool:
        """Hand it on; where whoever shows it takes no more, that is leaving."""
        try:
            self._on_output(untrusted)
        except OSError:
            self._leaving.set()
        return not self._leaving.is_set()

    def _outcome(self, channel: paramiko.Channel) -> WatchOver:
        """As the channel's exit status says; without one the connection broke, or we have left."""
        if self._leaving.is_set():
            return WatchOver(None)
        status = channel.recv_exit_status()
        return WatchOver(WATCH_OVER.get(status, EndReason.CONNECTION_LOST)) if status != TAKEN_BACK else _TAKEN_BACK


_TAKEN_BACK = WatchOver(None, taken_back=True)


def watch(  # noqa: PLR0913 - each by its name, and all are needed
    *,
    session: UUID,
    case: UUID,
    colleague: str,
    code: str,
    mailbox: Mailbox,
    door: Callable[[str], Door],
    on_output: Callable[[bytes], None],
    on_reach: Callable[[bool], None] = lambda _: None,
    limits: AnswerLimits | None = None,
) -> WatchedSession:
    """Pair with the customer by the code that they read out for this colleague, then look on.

    Raises the `PairingError` tree (a wrong code burns it; so does a right one under another name), and what `connect`
    raises.
    """
    pinned = pin(session, case, colleague, code, mailbox, limits)
    watched = WatchedSession(pinned, door, on_output, on_reach)
    watched.connect()
    return watched
