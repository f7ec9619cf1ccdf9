"""A stream of bytes that survives the connection it travels on.

The inner SSH runs on a `Way`. The way travels on a **carrier**, a channel through the relay, and when that breaks it
rests until it is given another: each end keeps what the other has not said to have heard, and sends it again from just
there. So nothing of the session notices: no byte is lost or doubled, shells, transfers and ports go on.

On a carrier the way speaks in frames: a byte that says what it is, four bytes of length (big-endian), the content.
`DATA` is a piece of the stream. `HEARD` is eight bytes: how much of the stream its sender has received so far; it is
also the sign of life, sent at least every `BEAT_SECONDS`. `END` says that nothing more will come.
"""

import contextlib
import logging
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import paramiko

_log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
DEAD_SECONDS = 20.0
"""A carrier on which nothing was heard for so long is given up."""
LOST_SECONDS = 120.0
"""A way that rests for so long is over."""

_DATA, _HEARD, _END = 1, 2, 3
_HEADER = struct.Struct(">BI")
_COUNT = struct.Struct(">Q")
_READ = 256 * 1024
_PIECE = 32 * 1024  # what an outer packet holds
_MOST_UNHEARD = 8 * 1024 * 1024
_TELL_AFTER = 512 * 1024
_LONGEST_FRAME = 16 * 1024 * 1024
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
        self._sending = threading.RLock()
        self._carrier: Carrier | None = None
        self._over = False
        self._ended_well = False
        self._rests_since = time.monotonic()
        self._last_heard = time.monotonic()
        self._receiver: threading.Thread | None = None
        self._unheard: deque[bytes] = deque()  # sent, and not said to be heard; its first byte is number `_base`
        self._unheard_size = 0
        self._base = 0
        self._received = 0
        self._told = 0
        self._kept: deque[memoryview] = deque()  # received, and not read yet
        self._frames = _Frames()
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
        with self._sending:
            with self._state:
                if self._over or self._carrier is not None or not self._forget(heard):
                    _hang_up(carrier)
                    return False
                self._frames = _Frames()
                self._last_heard = time.monotonic()
                again = tuple(self._unheard)
                self._carrier = carrier
                self._state.notify_all()
            for piece in again:
                if not self._push(carrier, _HEADER.pack(_DATA, len(piece)) + piece):
                    break
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
        if threading.current_thread() is not self._receiver:  # who receives must never wait: it hears what is heard
            with self._state:
                self._state.wait_for(lambda: self._unheard_size < _MOST_UNHEARD or self._over)
        with self._sending:
            with self._state:
                if self._over:
                    raise BrokenPipeError("the way is over")
                self._unheard.append(bytes(data))
                self._unheard_size += len(data)
                carrier = self._carrier
            if carrier is not None:
                self._push(carrier, _HEADER.pack(_DATA, len(data)) + data)
        return len(data)

    def close(self) -> None:
        """End it from this side. Idempotent, any thread."""
        carrier = self._carrier
        if carrier is not None and self._sending.acquire(timeout=3 * _TICK):
            try:
                with contextlib.suppress(*_BROKEN):
                    carrier.send(_HEADER.pack(_END, 0))
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
            self._tell(carrier)

    def _accept(self, data: bytes) -> bool:
        """Keep what came; whether it was the end. Holds the state. Raises `ValueError`."""
        for kind, content in self._frames.feed(data):
            if kind == _DATA:
                self._kept.append(content)
                self._received += len(content)
            elif kind == _HEARD:
                if not self._forget(_COUNT.unpack(content)[0]):
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

    def _push(self, carrier: Carrier, frame: bytes) -> bool:
        """Send a whole frame on this carrier, as long as it is the carrier. Holds `_sending`."""
        view, at = memoryview(frame), 0
        while at < len(view):
            if carrier is not self._carrier:
                return False
            try:
                sent = carrier.send(bytes(view[at : at + _PIECE]))
            except TimeoutError:
                continue
            except _BROKEN:
                sent = 0
            if sent == 0:
                self._lost(carrier)
                return False
            at += sent
        return True

    def _tell(self, carrier: Carrier) -> None:
        """Say how much was heard, unless something else is just being sent: whoever receives must not wait for that."""
        if not self._sending.acquire(blocking=False):
            return
        try:
            with self._state:
                self._told = self._received
            self._push(carrier, _HEADER.pack(_HEARD, _COUNT.size) + _COUNT.pack(self._told))
        finally:
            self._sending.release()

    # Watching.

    def _watch(self) -> None:
        """On a thread of its own: signs of life, and an end to carriers and ways that show none."""
        told = 0.0
        while not self._over:
            with self._state:
                self._state.wait_for(lambda: self._over, BEAT_SECONDS / 5)
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
                self._tell(carrier)

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
            self._state.notify_all()
        if carrier is not None:
            _hang_up(carrier)
        self._on_over()


class _Frames:
    """Takes a carrier's bytes apart, cut anywhere. A piece of data is handed on as it comes, not when it is whole."""

    def __init__(self) -> None:
        self._head = b""
        self._kind = 0
        self._left = 0
        self._small = b""

    def feed(self, data: bytes) -> "list[tuple[int, memoryview]]":
        """What is in it. Raises `ValueError` for what is no frame."""
        found: list[tuple[int, memoryview]] = []
        view = memoryview(data)
        while view:
            if not self._kind:
                view = self._begin(view)
                if self._kind == _END:
                    found.append((_END, view[:0]))
                    return found
                continue
            part, view = view[: self._left], view[self._left :]
            self._left -= len(part)
            if self._kind == _DATA:
                found.append((_DATA, part))
            else:
                self._small += bytes(part)
                if not self._left:
                    found.append((_HEARD, memoryview(self._small)))
            if not self._left:
                self._kind = 0
        return found

    def _begin(self, view: memoryview) -> memoryview:
        missing = _HEADER.size - len(self._head)
        self._head += bytes(view[:missing])
        if len(self._head) == _HEADER.size:
            self._kind, self._left = _HEADER.unpack(self._head)
            self._head, self._small = b"", b""
            well_formed = {
                _DATA: 0 < self._left <= _LONGEST_FRAME,
                _HEARD: self._left == _COUNT.size,
                _END: self._left == 0,
            }
            if not well_formed.get(self._kind, False):
                raise ValueError("no frame")
        return view[missing:]


def _hang_up(carrier: Carrier) -> None:
    with contextlib.suppress(*_BROKEN):
        carrier.close()
