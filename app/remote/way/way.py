"""A stream of bytes that survives the connection it travels on.

The inner SSH runs on a `Way`. The way travels on a **carrier**, a channel through the relay, and when that breaks it
rests until it is given another: each end keeps what the other has not said to have heard, and sends it again from just
there. So nothing of the session notices: no byte is lost or doubled, shells, transfers and ports go on.

On a carrier the way speaks in frames (`frames`); a sign of life goes out at least every `BEAT_SECONDS`.

Whoever receives hears what the far end has heard, so it must never wait for room to send: two ends that both wait for
the other to read would do so for good. What a full carrier does not take from it at once is left to others.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import paramiko

from app.remote.way.frames import DATA, HEARD, Frames, count, data_frame, end_frame, heard_frame

_log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
DEAD_SECONDS = 20.0
"""A carrier on which nothing was heard for so long is given up."""
LOST_SECONDS = 120.0
"""A way that rests for so long is over."""

_READ = 256 * 1024
_PIECE = 32 * 1024  # what an outer packet holds
_MOST_UNHEARD = 8 * 1024 * 1024
_TELL_AFTER = 512 * 1024
_TICK = 0.1
_BROKEN = (OSError, EOFError, paramiko.SSHException)


class Carrier(Protocol):
    """What a way travels on: a channel through the relay. Broken ones raise, or give nothing."""

    def recv(self, nbytes: int, /) -> bytes:
        """What came."""

    def send(self, s: bytes, /) -> int:
        """Send some of it; how much."""

    def settimeout(self, timeout: float | None, /) -> None:
        """How long either may wait."""

    def close(self) -> None:
        """Hang up."""


class Way:
    """One such stream. It looks like a socket to the SSH transport that uses it: one thread receives, any may send.

    `on_rest` is told, on a thread that must go on, each time the way has lost its carrier; `on_over` once, at the end.
    `lost_seconds` is how long it may rest.
    """

    def __init__(
        self,
        name: str,
        *,
        on_rest: Callable[[], None] = lambda: None,
        on_over: Callable[[], None] = lambda: None,
        lost_seconds: float = LOST_SECONDS,
    ) -> None:
        self.name = name
        self._on_rest = on_rest
        self._on_over = on_over
        self._lost_seconds = lost_seconds
        self._timeout: float | None = None
        self._state = threading.Condition()
        self._sending = threading.Lock()
        self._carrier: Carrier | None = None
        self._over = False
        self._ended_well = False
        self._rests_since = time.monotonic()
        self._last_heard = time.monotonic()
        self._receiver: threading.Thread | None = None
        self._unheard: deque[bytes] = deque()  # sent, and not said to be heard; its first byte is number `_base`
        self._unheard_size = 0
        self._unsent: deque[bytes] = deque()  # of these, what has not gone out on this carrier
        self._frame = memoryview(b"")  # what is left of the frame that is going out; belongs to who holds `_sending`
        self._tell_wanted = False
        self._left_over = False  # there is something to send, and nobody who waits until the carrier takes it
        self._base = 0
        self._received = 0
        self._told = 0
        self._kept: deque[memoryview] = deque()  # received, and not read yet
        self._frames = Frames()
        self._timer = threading.Thread(target=self._watch, name=f"way {name}", daemon=True)
        self._timer.start()

    @property
    def is_over(self) -> bool:
        """Whether it will never carry anything again."""
        return self._over

    @property
    def ended_well(self) -> bool:
        """Whether the far end said that nothing more comes, rather than being lost."""
        return self._ended_well

    @property
    def is_carried(self) -> bool:
        """Whether it has a carrier at this moment."""
        return self._carrier is not None

    def wait_until_carried(self, seconds: float) -> bool:
        """Wait for a carrier; whether there is one."""
        with self._state:
            self._state.wait_for(lambda: self._carrier is not None or self._over, seconds)
            return self._carrier is not None

    def detach(self) -> int:
        """Give up the carrier, if there is one. Returns how much was received; that stands still until `carry`."""
        with self._state:
            carrier, self._carrier = self._carrier, None
            if carrier is not None:
                self._rests_since = time.monotonic()
            received = self._received
        if carrier is not None:
            _hang_up(carrier)
        return received

    def carry(self, carrier: Carrier, heard: int) -> bool:
        """Travel on this carrier, from where the far end has `heard` everything. False where that cannot be.

        To be called after `detach`. Returns once all was sent again that the far end has not heard.
        """
        carrier.settimeout(_TICK)
        with self._sending, self._state:
            fits = not self._over and self._carrier is None and self._forget(heard)
            if fits:
                self._frames = Frames()
                self._frame = memoryview(b"")
                self._unsent = deque(self._unheard)
                self._last_heard = time.monotonic()
                self._carrier = carrier
                self._state.notify_all()
        if not fits:
            _hang_up(carrier)
            return False
        self._flush(waits=True)
        return True

    # What a socket has, as paramiko uses it.

    @property
    def _closed(self) -> bool:
        """What paramiko looks at while it waits for its own thread to end."""
        return self._over

    def getpeername(self) -> tuple[str, int]:
        """Where the far end is: nobody here knows, and nobody needs to."""
        return self.name, 0

    def settimeout(self, timeout: float | None) -> None:
        """How long `recv` may wait, in seconds."""
        self._timeout = timeout

    def recv(self, size: int) -> bytes:
        """At most `size` bytes; nothing once it is over. Raises `TimeoutError`. One thread only."""
        self._receiver = threading.current_thread()
        while not self._kept:
            carrier = self._current()
            if carrier is None:
                return b""
            self._take(carrier)
        return self._read(size)

    def send(self, data: bytes) -> int:
        """Take all of it, to be sent now or on the next carrier. Waits while too much is unheard. Raises `OSError`."""
        waits = threading.current_thread() is not self._receiver
        with self._state:
            if waits:
                self._state.wait_for(lambda: self._unheard_size < _MOST_UNHEARD or self._over)
            if self._over:
                raise BrokenPipeError("the way is over")
            piece = bytes(data)
            self._unheard.append(piece)
            self._unheard_size += len(piece)
            behind = bool(self._unsent or self._frame)
            if self._carrier is not None:
                self._unsent.append(piece)
        if behind and not waits:
            self._leave_over()
        else:
            self._flush(waits=waits)
        return len(piece)

    def close(self) -> None:
        """End it from this side. Idempotent, any thread."""
        if self._sending.acquire(timeout=3 * _TICK):
            try:
                carrier = self._carrier
                if carrier is not None and self._send_frames(waits=False):
                    with contextlib.suppress(*_BROKEN):
                        carrier.send(end_frame())
            finally:
                self._sending.release()
        self._finish()

    def join(self, seconds: float) -> None:
        """Wait for its thread, after it is over."""
        if self._timer is not threading.current_thread():
            self._timer.join(seconds)

    # Receiving.

    def _current(self) -> Carrier | None:
        """The carrier; waits for one. None once it is over. Raises `TimeoutError`."""
        with self._state:
            if not self._state.wait_for(lambda: self._carrier is not None or self._over, self._timeout):
                raise TimeoutError
            return None if self._over else self._carrier

    def _take(self, carrier: Carrier) -> None:
        """One read from the carrier. Raises `TimeoutError` where nothing comes."""
        try:
            data = carrier.recv(_READ)
        except TimeoutError:
            raise
        except _BROKEN:
            data = b""
        if not data:
            self._lost(carrier)
            return
        with self._state:
            if carrier is not self._carrier:
                return  # what a carrier says after it was given up is sent again on the next
            self._last_heard = time.monotonic()
            try:
                ended = self._accept(data)
            except ValueError:
                ended = None
            untold = self._received - self._told
        if ended is None:
            _log.warning("The carrier of %s brings no frames.", self.name)
            self._lost(carrier)
        elif ended:
            self._ended_well = True
            self._finish()
        elif untold >= _TELL_AFTER:
            self._tell()

    def _accept(self, data: bytes) -> bool:
        """Keep what came; whether it was the end. Holds the state. Raises `ValueError`."""
        for kind, content in self._frames.feed(data):
            if kind == DATA:
                self._kept.append(content)
                self._received += len(content)
            elif kind == HEARD:
                if not self._forget(count(content)):
                    raise ValueError("it heard what was never said")
            else:
                return True
        return False

    def _read(self, size: int) -> bytes:
        first = self._kept[0]
        if len(first) <= size:
            self._kept.popleft()
            return bytes(first)
        self._kept[0] = first[size:]
        return bytes(first[:size])

    # Sending.

    def _forget(self, heard: int) -> bool:
        """Let go of what the far end has heard; whether that can be. Holds the state."""
        if not self._base <= heard <= self._base + self._unheard_size:
            return False
        while self._unheard and self._base + len(self._unheard[0]) <= heard:
            piece = self._unheard.popleft()
            self._base += len(piece)
            self._unheard_size -= len(piece)
        if self._unheard and self._base < heard:
            cut = heard - self._base
            self._unheard[0] = self._unheard[0][cut:]
            self._base += cut
            self._unheard_size -= cut
        self._state.notify_all()
        return True

    def _flush(self, *, waits: bool) -> None:
        """Send what there is, or leave it to whoever is just sending: they look once more when they are done."""
        done = True
        while done and self._has_to_send() and self._sending.acquire(blocking=waits):
            try:
                done = self._send_frames(waits=waits)
            finally:
                self._sending.release()
        if not done:
            self._leave_over()

    def _has_to_send(self) -> bool:
        return self._carrier is not None and bool(self._unsent or self._frame or self._tell_wanted)

    def _send_frames(self, *, waits: bool) -> bool:
        """Send until nothing is left; whether nothing is. Holds `_sending`."""
        carrier = self._carrier
        while carrier is not None and carrier is self._carrier:
            if not self._frame:
                self._frame = self._next_frame()
            if not self._frame:
                return True
            try:
                sent = carrier.send(bytes(self._frame[:_PIECE]))
            except TimeoutError:
                if waits:
                    continue
                return False
            except _BROKEN:
                sent = 0
            if sent == 0:
                self._lost(carrier)
                return False
            self._frame = self._frame[sent:]
        return False

    def _next_frame(self) -> memoryview:
        """What goes out next; empty where there is nothing. Holds `_sending`."""
        with self._state:
            if self._tell_wanted:
                self._tell_wanted = False
                self._told = self._received
                return memoryview(heard_frame(self._told))
            return memoryview(data_frame(self._unsent.popleft()) if self._unsent else b"")

    def _tell(self) -> None:
        """Say how much was heard, as soon as the carrier takes it."""
        self._tell_wanted = True
        self._flush(waits=False)

    def _leave_over(self) -> None:
        with self._state:
            self._left_over = True
            self._state.notify_all()

    # Watching.

    def _watch(self) -> None:
        """On a thread of its own: signs of life, and an end to carriers and ways that show none."""
        told = 0.0
        while not self._over:
            with self._state:
                self._state.wait_for(lambda: self._over or self._left_over, BEAT_SECONDS / 5)
                self._left_over = False
                carrier, now = self._carrier, time.monotonic()
                silent, rested = now - self._last_heard, now - self._rests_since
            if carrier is None:
                if rested > self._lost_seconds:
                    self._finish()
            elif silent > DEAD_SECONDS:
                _log.info("The carrier of %s is dead: nothing was heard for %.0f s.", self.name, silent)
                self._lost(carrier)
            elif now - told >= BEAT_SECONDS or self._received - self._told >= _TELL_AFTER:
                told = now
                self._tell()
            else:
                self._flush(waits=False)

    def _lost(self, carrier: Carrier) -> None:
        """This carrier is of no use any more."""
        with self._state:
            if carrier is not self._carrier:
                return
            self._carrier = None
            self._rests_since = time.monotonic()
            self._state.notify_all()
        _hang_up(carrier)
        if not self._over:
            self._on_rest()

    def _finish(self) -> None:
        with self._state:
            if self._over:
                return
            self._over = True
            carrier, self._carrier = self._carrier, None
            self._unheard.clear()
            self._unsent.clear()
            self._state.notify_all()
        if carrier is not None:
            _hang_up(carrier)
        self._on_over()


def _hang_up(carrier: Carrier) -> None:
    with contextlib.suppress(*_BROKEN):
        carrier.close()
