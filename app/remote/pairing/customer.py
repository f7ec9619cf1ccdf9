"""The customer's side: shows a code from the request on, lets one guess be made at it, and shows the next."""

import contextlib
import logging
import queue
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from time import monotonic

from app.domain.errors import BistandError
from app.remote.errors import PairingCancelledError, PairingError
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.messages import Burned, Busy, Confirm, Hello, Message, Uninvited, read, write
from app.remote.pairing.steps import Answered, Offer, Paired, Subject
from app.system.clock import Clock

_log = logging.getLogger(__name__)
_CODES_BEFORE_A_PAUSE = 3
_POLL_SECONDS = 20.0
_RETRY_SECONDS = 2.0
_MOST_WAITING = 128
_MOST_REMEMBERED = 1000  # attempts, so that one sent again by the service burns no further code
_JITTER_SECONDS = 0.15  # spake2 is not constant-time: its answer comes at a moment that says nothing


@dataclass(frozen=True, slots=True)
class CodeShown:
    """This code (eight digits, kept out of logs) is the one to read out until `until` (UTC)."""

    code: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class CodeBurned:
    """Somebody tried a wrong code. `left` more can be burnt before the customer must ask for codes.

    `stranger` is the name (untrusted) of somebody who knew the code, and is not whom it was for.
    """

    left: int
    stranger: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom alone a pairing lets in, by exactly this name, and until when (UTC)."""

    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PairingLimits:
    """How long a code is shown, and how long an attempt may take, in seconds."""

    code_seconds: float = 600
    attempt_seconds: float = 30


class CustomerPairing:
    """Waits for the technician who knows the code. `run` on a thread of its own; the other methods from any thread.

    `key` is the embedded server's public host key. `on_event` is called on `run`'s thread and must not wait. `invited`
    is the only one who may come, where that is known before.
    """

    def __init__(
        self,
        subject: Subject,
        key: str,
        mailbox: Mailbox,
        on_event: Callable[[CodeShown | CodeBurned], None],
        clock: Clock,
        limits: PairingLimits | None = None,
        invited: Invited | None = None,
    ) -> None:
        self._subject = subject
        self._key = key
        self._mailbox = mailbox
        self._on_event = on_event
        self._clock = clock
        self._limits = limits or PairingLimits()
        self._invited = invited
        self._inbox: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._cancelled = threading.Event()
        self._asked = threading.Event()
        self._seen: deque[str] = deque(maxlen=_MOST_REMEMBERED)
        self._left = _CODES_BEFORE_A_PAUSE

    def run(self) -> Paired:
        """Show codes until a technician proves to know one.

        Raises `PairingCancelledError` after `cancel`, and where it is too late for whoever is invited.
        """
        threading.Thread(target=self._collect, name="pairing mail", daemon=True).start()
        try:
            while self._seconds_left() > 0:
                if self._left == 0:
                    self._pause()
                paired = self._offer()
                if paired is not None:
                    return paired
            raise PairingCancelledError
        finally:
            self._cancelled.set()

    def more_codes(self) -> None:
        """The customer asks for codes after three were burnt. Without effect at other times."""
        self._asked.set()
        self._wake()

    def cancel(self) -> None:
        """End the waiting at once."""
        self._cancelled.set()
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(queue.Full):  # whoever has something to read is awake
            self._inbox.put_nowait(None)

    def _pause(self) -> None:
        self._asked.clear()
        while not self._asked.is_set():
            message = self._next(_POLL_SECONDS)
            if isinstance(message, Hello):
                self._reply(Burned(attempt=message.attempt))
        self._left = _CODES_BEFORE_A_PAUSE

    def _offer(self) -> Paired | None:
        """One code, from shown to used or run out."""
        offer = Offer.begin(self._subject, self._key)
        seconds = min(self._limits.code_seconds, self._seconds_left())
        until = self._clock.now() + timedelta(seconds=seconds)
        self._on_event(CodeShown(offer.code.digits, until))
        while (left := (until - self._clock.now()).total_seconds()) > 0:
            message = self._next(min(left, _POLL_SECONDS))
            if isinstance(message, Hello) and message.attempt not in self._seen:
                self._seen.append(message.attempt)
                paired = self._attempt(offer, message)
                if paired is None:
                    self._burn(Burned(attempt=message.attempt))
                elif not self._may_come(paired):
                    self._burn(Uninvited(attempt=message.attempt), paired.technician_name)
                    return None
                return paired
        return None

    def _attempt(self, offer: Offer, untrusted_hello: Hello) -> Paired | None:
        """One technician's one guess. None: the code is used up. It is confirmed to whoever may come."""
        deadline = monotonic() + self._limits.attempt_seconds
        try:
            answered = offer.greeted(untrusted_hello)
            self._pause_a_little()
            self._mailbox.post(write(answered.answer))
            confirm = self._confirm(answered, deadline)
            if confirm is None:
                return None
            accepted = answered.proved(confirm)
            if not self._may_come(accepted.paired):
                return accepted.paired
            self._pause_a_little()
            self._mailbox.post(write(accepted.confirmed))
        except PairingCancelledError:
            raise
        except PairingError:
            return None
        except BistandError as error:
            _log.warning("a pairing attempt was lost with the connection to the service: %s", error)
            return None
        return accepted.paired

    def _confirm(self, answered: Answered, deadline: float) -> Confirm | None:
        """The technician's proof; others who come meanwhile are told to wait."""
        while (left := deadline - monotonic()) > 0:
            message = self._next(left)
            if isinstance(message, Confirm) and message.attempt == answered.answer.attempt:
                return message
            if isinstance(message, Hello) and message.attempt not in self._seen:
                self._seen.append(message.attempt)
                self._reply(Busy(attempt=message.attempt))
        return None

    def _may_come(self, paired: Paired) -> bool:
        return self._invited is None or paired.technician_name == self._invited.name

    def _burn(self, reply: Burned | Uninvited, stranger: str = "") -> None:
        self._left -= 1
        self._pause_a_little()
        self._reply(reply)
        self._on_event(CodeBurned(self._left, stranger))

    def _seconds_left(self) -> float:
        """Until it is too late for whoever is invited."""
        return inf if self._invited is None else (self._invited.until - self._clock.now()).total_seconds()

    def _reply(self, message: Burned | Uninvited | Busy) -> None:
        try:
            self._mailbox.post(write(message))
        except BistandError as error:
            _log.warning("a technician could not be told how their attempt ended: %s", error)

    def _next(self, seconds: float) -> Message | None:
        """The next good message, or None after a while. Raises `PairingCancelledError`."""
        try:
            untrusted_body = self._inbox.get(timeout=max(0.0, min(seconds, self._seconds_left())))
        except queue.Empty:
            untrusted_body = None
        if self._cancelled.is_set() or self._seconds_left() <= 0:
            raise PairingCancelledError
        return None if untrusted_body is None else read(untrusted_body)

    def _pause_a_little(self) -> None:
        if self._cancelled.wait(secrets.SystemRandom().uniform(0, _JITTER_SECONDS)):
            raise PairingCancelledError

    def _collect(self) -> None:
        """On a thread of its own, because a mailbox may wait: what came goes where waiting can be ended at once."""
        while not self._cancelled.is_set():
            try:
                body = self._mailbox.next(_POLL_SECONDS)
            except BistandError as error:
                _log.warning("the service's mailbox does not answer: %s", error)
                self._cancelled.wait(_RETRY_SECONDS)
                continue
            if body is not None:
                with contextlib.suppress(queue.Full):  # a flood is dropped, not kept
                    self._inbox.put_nowait(body)
