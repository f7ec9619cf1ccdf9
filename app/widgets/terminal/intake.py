"""Where output waits for the terminal that shows it: bounded, fed from any thread, emptied by the Qt thread."""

from threading import Condition

_MOST_BYTES = 256 * 1024
_KEPT_OF_A_FLOOD = 64 * 1024
_LONGEST_WAIT = 0.5
_PLAIN_AGAIN = b"\x1b[m"


class Intake:
    """Holds at most 256 KiB.

    When it is full, a patient one makes the sender wait, so that the flood is held back at its source; the
    other drops the oldest and keeps the newest, for whoever only looks on and must hold nobody up.
    """

    def __init__(self, *, patient: bool) -> None:
        self._patient = patient
        self._waiting = bytearray()
        self._put = 0
        self._room = Condition()
        self._closed = False

    def put(self, untrusted: bytes, *, may_wait: bool) -> None:
        """Take output in. Any thread; `may_wait` is False on the Qt thread, which does the emptying."""
        with self._room:
            while self._patient and may_wait and self._is_full() and not self._closed:
                self._room.wait(_LONGEST_WAIT)
            if self._closed:
                return
            self._waiting += untrusted
            self._put += len(untrusted)
            if not self._patient and self._is_full():
                self._drop_oldest()

    @property
    def put_in(self) -> int:
        """How many bytes were put in so far."""
        with self._room:
            return self._put

    @property
    def gone(self) -> int:
        """How many of these wait no longer: they were taken, or dropped."""
        with self._room:
            return self._put - len(self._waiting)

    def take(self, most: int) -> bytes:
        """The next bytes, at most so many."""
        with self._room:
            taken = bytes(self._waiting[:most])
            del self._waiting[:most]
            self._room.notify_all()
            return taken

    def close(self) -> None:
        """Take nothing more, and let those who wait go."""
        with self._room:
            self._closed = True
            self._waiting.clear()
            self._room.notify_all()

    def _is_full(self) -> bool:
        return len(self._waiting) >= _MOST_BYTES

    def _drop_oldest(self) -> None:
        """Cut after a line's end, so that no sequence is cut in two."""
        newest = self._waiting[-_KEPT_OF_A_FLOOD:]
        self._waiting = bytearray(_PLAIN_AGAIN) + newest[newest.find(b"\n") + 1 :]
