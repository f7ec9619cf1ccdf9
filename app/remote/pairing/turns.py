"""One mailbox, read by one pairing after another: what came for the one before is nobody's.

A pairing that is over may wait at the mailbox for some seconds still. What it fetches meanwhile goes to the one whose
turn it is, so that no letter is lost between the two; what was written while nobody paired is read away.
"""

import logging
import threading
import time
from collections import deque

from app.domain.errors import BistandError
from app.remote.pairing.mailbox import Mailbox

_log = logging.getLogger(__name__)
_MOST_OLD = 256


class Turns:
    """Gives out the customer's side of a mailbox, to one pairing at a time. Any thread."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._news = threading.Condition()
        self._letters: deque[bytes] = deque()
        self._reading = False
        self._newest: Turn | None = None

    def next_turn(self) -> "Turn":
        """From now on only this one gets letters, and only such as come from now on. Waits for the network."""
        with self._news:
            first, alone = self._newest is None, not self._reading
            self._newest = turn = Turn(self)
            self._letters.clear()
            self._reading = self._reading or not first
            self._news.notify_all()
        if alone and not first:
            self._read_away()
        return turn

    def post(self, body: bytes) -> None:
        """Leave a message for the other side. Raises a `BistandError`."""
        self._mailbox.post(body)

    def next_for(self, turn: "Turn", timeout: float) -> bytes | None:
        """The next letter for this turn. None after a while, and at once where it is another's turn."""
        deadline = time.monotonic() + timeout
        while True:
            with self._news:
                if not self._news.wait_for(lambda: self._may_go_on(turn), max(0.0, deadline - time.monotonic())):
                    return None
                if turn is not self._newest:
                    return None
                if self._letters:
                    return self._letters.popleft()
                if time.monotonic() >= deadline:
                    return None
                self._reading = True
            self._read(deadline - time.monotonic())

    def _may_go_on(self, turn: "Turn") -> bool:
        return turn is not self._newest or bool(self._letters) or not self._reading

    def _read(self, seconds: float) -> None:
        """Fetch one letter, for whosever turn it is by then."""
        body = None
        try:
            body = self._mailbox.next(max(0.0, seconds))
        finally:
            with self._news:
                self._reading = False
                if body is not None:
                    self._letters.append(body)
                self._news.notify_all()

    def _read_away(self) -> None:
        """Nobody reads meanwhile."""
        try:
            for _ in range(_MOST_OLD):
                if self._mailbox.next(0.0) is None:
                    break
        except BistandError as error:
            _log.warning("old letters could not be read away: %s", error)
        finally:
            with self._news:
                self._reading = False
                self._news.notify_all()


class Turn:
    """A mailbox, for one pairing."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def post(self, body: bytes) -> None:
        """Leave a message for the other side. Raises a `BistandError` where it cannot."""
        self._turns.post(body)

    def next(self, timeout: float) -> bytes | None:
        """The other side's next message in order, or None after `timeout` seconds. Raises a `BistandError`."""
        return self._turns.next_for(self, timeout)
