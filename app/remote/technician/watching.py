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
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.steps import Subject
from app.remote.pairing.technician import AnswerLimits, pair
from app.remote.seals import TAKEN_BACK, USER, WATCH_CHANNEL, WATCH_OVER
from app.remote.technician.pinned import Pinned
from app.remote.technician.road import Road
from app.remote.transport import (
    CHANNEL_SECONDS,
    INNER_DEAD_SECONDS,
    TECHNICIAN_WINDOW,
    HardenedTransport,
    Pulse,
    inner_transport,
    log_in,
)
from app.remote.way.way import Way

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
        self._pinned = pinned
        self._on_output = on_output
        self._on_reach = on_reach
        self._road = Road(pinned.session, pinned.key, pinned.customer_key, door)
        self._way: Way | None = None
        self._inner: HardenedTransport | None = None
        self._pulse: Pulse | None = None
        self._channel: paramiko.Channel | None = None
        self._leaving = threading.Event()
        self._over: WatchOver | None = None
        self._thread = threading.Thread(target=self._read, name="looking on", daemon=True)

    @property
    def relay(self) -> str:
        """Where it meets the customer, as `host:port`."""
        return self._road.relay

    @property
    def is_reached(self) -> bool:
        """Whether the customer's computer is there at this moment. While it is not, everything waits for it."""
        return self._way is not None and self._way.is_carried

    def connect(self) -> None:
        """Go to the customer. Raises the `LinkError` tree and `RefusedByCustomerError`; all is closed then."""
        try:
            self._way = self._road.open(self._on_reach)
            self._inner = inner_transport(self._way, "customer", TECHNICIAN_WINDOW)
            log_in(self._inner, host_key=self._pinned.customer_key, user=USER, key=self._pinned.key)
            self._pulse = Pulse(self._inner, INNER_DEAD_SECONDS)
            self._pulse.start()
            self._channel = self._watch(self._inner)
        except _BROKEN as error:
            self._shut()
            raise ConnectionLostError(f"The customer's computer hung up: {error}") from error
        except BaseException:
            self._shut()
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
        self._shut()
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
        self._shut()

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

    def _shut(self) -> None:
        if self._pulse is not None:
            self._pulse.close()
        if self._inner is not None:
            self._inner.shut()
        self._road.close()


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
    key = new_key()
    subject = Subject(session=session, case=case)
    paired = pair(Code.parse(code), subject, name=colleague, key=public_text(key), mailbox=mailbox, limits=limits)
    watched = WatchedSession(
        Pinned(session, case, paired.technician_name, paired.customer_key, key), door, on_output, on_reach
    )
    watched.connect()
    return watched
