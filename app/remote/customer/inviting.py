"""Colleagues whom the customer allows into the session: each is paired by a code of their own, one after another."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from app.domain.consent import ColleagueGrant, Grants
from app.domain.errors import BistandError
from app.remote.customer.events import ColleagueCode, ColleagueCodeBurned, ColleagueCodeGone, HostEvent
from app.remote.errors import PairingCancelledError
from app.remote.pairing.customer import CodeBurned, CodeShown, CustomerPairing, Invited
from app.remote.pairing.steps import Paired, Subject
from app.remote.pairing.turns import Turns
from app.system.clock import Clock

_log = logging.getLogger(__name__)
_JOIN_SECONDS = 2.0


class Inviting:
    """A service object: `begin`, then `follow` with each change of what is granted, and `close`. No method waits.

    `tell` and `on_paired` are called on a thread of the pairing's own. A colleague who is in needs no code; one who has
    left gets another with the next grant that names them.
    """

    def __init__(
        self,
        subject: Subject,
        mailbox: Turns,
        tell: Callable[[HostEvent], None],
        on_paired: Callable[[Paired], None],
        clock: Clock,
    ) -> None:
        self._subject = subject
        self._mailbox = mailbox
        self._tell = tell
        self._on_paired = on_paired
        self._clock = clock
        self._lock = threading.Lock()
        self._host_key = ""
        self._granted: tuple[ColleagueGrant, ...] = ()
        self._waiting: list[str] = []
        self._here: set[str] = set()
        self._whom = ""
        self._pairing: CustomerPairing | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def begin(self, host_key: str) -> None:
        """The first technician is paired: from now on others can be invited. `host_key` is the embedded server's."""
        self._host_key = host_key

    def follow(self, grants: Grants) -> None:
        """This is granted from now on: whoever is named anew gets a code, whoever is not any more has none."""
        with self._lock:
            held = tuple(one for one in grants.live(self._clock.now()).grants if isinstance(one, ColleagueGrant))
            new = [grant.name for grant in held if grant not in self._granted]
            self._granted = held
            self._waiting = [name for name in dict.fromkeys((*self._waiting, *new)) if self._wants_code(name)]
            self._cancel_unless_wanted()
        self._go_on()

    def came(self, name: str) -> None:
        """This colleague is in."""
        with self._lock:
            self._here.add(name)
            self._waiting = [one for one in self._waiting if one != name]
            self._cancel_unless_wanted()

    def left(self, name: str) -> None:
        """This colleague is not in any more."""
        with self._lock:
            self._here.discard(name)

    def more_codes(self) -> None:
        """The customer asks for codes, after three were burnt. Without effect at other times."""
        pairing = self._pairing
        if pairing is not None:
            pairing.more_codes()

    def close(self) -> None:
        """Nobody is invited any more. Idempotent."""
        with self._lock:
            self._closed = True
            self._granted, self._waiting = (), []
            self._cancel_unless_wanted()

    def join(self) -> None:
        """Wait for its thread, after `close`."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_SECONDS)

    def _until(self, name: str) -> datetime | None:
        return max((grant.until for grant in self._granted if grant.name == name), default=None)

    def _is_wanted(self, name: str) -> bool:
        until = self._until(name)
        return until is not None and until > self._clock.now() and name not in self._here

    def _wants_code(self, name: str) -> bool:
        return self._is_wanted(name) and name != self._whom

    def _cancel_unless_wanted(self) -> None:
        if self._pairing is not None and not self._is_wanted(self._whom):
            self._pairing.cancel()

    def _go_on(self) -> None:
        """Begin with the next one, where nobody is paired with at this moment."""
        with self._lock:
            if self._whom or self._closed or not self._waiting:
                return
            self._whom = self._waiting.pop(0)
            until = self._until(self._whom) or self._clock.now()
            invited = Invited(self._whom, until)
            self._thread = threading.Thread(target=self._invite, args=(invited,), name="inviting", daemon=True)
        self._thread.start()

    def _invite(self, invited: Invited) -> None:
        try:
            self._on_paired(self._pair(invited))
        except PairingCancelledError:
            _log.info("A colleague is not waited for any longer.")
        except BistandError as error:
            _log.warning("The pairing with a colleague failed: %s", error)
        self._tell(ColleagueCodeGone(invited.name))
        with self._lock:
            self._pairing, self._whom = None, ""
        self._go_on()

    def _pair(self, invited: Invited) -> Paired:
        pairing = CustomerPairing(
            self._subject,
            self._host_key,
            self._mailbox.next_turn(),
            partial(self._happened, invited.name),
            self._clock,
            invited=invited,
        )
        with self._lock:
            self._pairing = pairing
            self._cancel_unless_wanted()
        return pairing.run()

    def _happened(self, name: str, event: CodeShown | CodeBurned) -> None:
        match event:
            case CodeShown():
                self._tell(ColleagueCode(name, event.code, event.until))
            case CodeBurned():
                self._tell(ColleagueCodeBurned(name, event.left, event.stranger))
