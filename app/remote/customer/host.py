"""A session as the customer's app holds it: codes until a technician comes, then everything they do, then its end."""

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.domain.consent import Grants
from app.domain.errors import BistandError
from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.customer import control
from app.remote.customer.child import Child
from app.remote.customer.ending import cut_short, in_order
from app.remote.customer.events import (
    Activity,
    Asked,
    ColleagueCode,
    ColleagueCodeBurned,
    ColleagueCodeGone,
    HostEvent,
    Output,
    Reach,
    Refused,
    SecretAsked,
    TechnicianJoined,
)
from app.remote.customer.inviting import Inviting
from app.remote.errors import HostingError, PairingCancelledError, WayOverError
from app.remote.outcome import Ended
from app.remote.pairing.customer import CodeBurned, CodeShown, CustomerPairing
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.steps import Paired, Subject
from app.remote.pairing.turns import Turns
from app.system.clock import Clock

__all__ = [
    "Activity",
    "Asked",
    "CodeBurned",
    "CodeShown",
    "ColleagueCode",
    "ColleagueCodeBurned",
    "ColleagueCodeGone",
    "Ended",
    "HostEvent",
    "HostedSession",
    "Output",
    "Reach",
    "Refused",
    "SecretAsked",
    "TechnicianJoined",
]

_log = logging.getLogger(__name__)

STOP_SECONDS = 1.0
ENTER_SECONDS = 60.0
"""How long a technician who knew the code may take to come in. The code is used up: nobody else could meanwhile."""
_READY_SECONDS = 20.0
_JOIN_SECONDS = 2.0


class HostedSession:
    """A service object: `start`, `stop`, `close`. The server, its keys and its shells are in a process of their own.

    `mailbox` carries the pairing. `door` asks the service for a place at the relay, given a public key. `folder` is
    where audit and recording go, `never` are folders that are not served whatever is granted. `on_event` is called on
    threads of the session's own, one event at a time, and should not wait; `Ended` is always the last one.
    """

    def __init__(  # noqa: PLR0913 - each by its name, and all are needed
        self,
        *,
        session: UUID,
        case: UUID,
        customer: str,
        grants: Grants,
        mailbox: Mailbox,
        door: Callable[[str], Door],
        folder: Path,
        never: tuple[Path, ...] = (),
        on_event: Callable[[HostEvent], None],
        clock: Clock,
    ) -> None:
        self._begin = control.Begin(
            session=session,
            case=case,
            customer=customer,
            parent=os.getpid(),
            folder=str(folder),
            never=tuple(map(str, never)),
            grants=grants,
        )
        self._subject = Subject(session=session, case=case)
        self._mailbox = Turns(mailbox)
        self._door = door
        self._on_event = on_event
        self._clock = clock
        self._telling = threading.RLock()
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self._ready: control.Ready | None = None
        self._refused = ""
        self._over: control.Over | None = None
        self._gone = False
        self._ended: Ended | None = None
        self._reason = EndReason.FAULT
        self._forced = False
        self._relay = ""
        self._joined_at = 0.0
        self._paired: Paired | None = None
        self._noted_before: list[Activity] = []
        self._child = Child(self._heard, self._child_gone)
        self._inviting = Inviting(self._subject, self._mailbox, self._tell, self._colleague_paired, clock)
        self._pairing: CustomerPairing | None = None
        self._pairing_thread: threading.Thread | None = None

    def start(self) -> None:
        """Wait at the relay and show the first code; returns when that is under way.

        Raises `HostingError` (something cannot be granted or started here), and what `door` raises.
        """
        self._child.start()
        try:
            self._child.say(self._begin)
            with self._news:
                self._news.wait_for(lambda: self._ready or self._refused or self._gone, _READY_SECONDS)
            ready = self._ready
            if ready is None:
                raise HostingError(self._refused or "The session's own process did not start. Try again.")
            door = self._door(ready.link_key)
        except BaseException:
            self._child.kill()
            self._child.join(_JOIN_SECONDS)
            raise
        self._relay = f"{door.host}:{door.port}"
        self._child.say(control.Listen(door=door))
        self._begin_pairing(ready.host_key)

    def set_grants(self, grants: Grants, asked: int | None = None) -> None:
        """From now on these count. What they do not hold any more is closed at once. `asked`: the wish they answer."""
        self._child.say(control.NewGrants(grants=grants, asked=asked))
        if self._joined_at:
            self._inviting.follow(grants)

    def decline(self, asked: int) -> None:
        """The customer does not want to grant this wish."""
        self._child.say(control.Declined(asked=asked))

    def pause(self, paused: bool) -> None:
        """Freeze everything that the technician does, or let it go on."""
        self._child.say(control.Pause(paused=paused))

    def type_secret(self, terminal: int, text: str) -> None:
        """Type this on a terminal whose echo is off at this moment, and nowhere else. It is kept nowhere."""
        self._child.say(control.Secret(run=terminal, text=text))

    def fresh_code(self) -> None:
        """Show codes again, after three were burnt. Without effect at other times."""
        if self._pairing is not None:
            self._pairing.more_codes()
        self._inviting.more_codes()

    def stop(self, reason: EndReason = EndReason.CUSTOMER_STOPPED) -> Ended:
        """End it now. Returns when every process that the session started is gone: a second at most.

        Where the session's own process does not confirm in that time it is killed with all below it, and
        `Ended.forced` says so. Idempotent; any thread.
        """
        with self._lock:
            if self._ended is None and self._over is None:
                self._reason = reason
                self._child.say(control.Stop(reason=reason))
                if not self._ends_by_itself():
                    self._forced = True
                    self._child.kill()
        self._child.join(_JOIN_SECONDS)
        return self._finish()

    def close(self) -> None:
        """Stop, and wait for all threads. Idempotent."""
        if self._child.pid:
            self.stop()
        thread = self._pairing_thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_SECONDS)
        self._inviting.join()

    def _ends_by_itself(self) -> bool:
        with self._news:
            return self._news.wait_for(lambda: self._over is not None or self._gone, STOP_SECONDS)

    def _find_door(self) -> None:
        """The place at the relay is lost: ask the service for another. It may be the same relay, or a new one."""
        ready = self._ready
        if ready is None or self._ended is not None:
            return
        try:
            door = self._door(ready.link_key)
        except BistandError as error:
            _log.info("No other place at a relay yet: %s", error)
            self._child.say(control.NoDoor(over=isinstance(error, WayOverError)))
        else:
            self._relay = f"{door.host}:{door.port}"
            self._child.say(control.Listen(door=door))

    def _begin_pairing(self, host_key: str) -> None:
        self._inviting.begin(host_key)
        mailbox = self._mailbox.next_turn()
        self._pairing = CustomerPairing(self._subject, host_key, mailbox, self._tell, self._clock)
        self._pairing_thread = threading.Thread(target=self._pair, args=(self._pairing,), name="pairing", daemon=True)
        self._pairing_thread.start()

    def _pair(self, pairing: CustomerPairing) -> None:
        try:
            paired = pairing.run()
        except PairingCancelledError:
            return
        except BistandError as error:
            _log.warning("The pairing failed: %s", error)
            self.stop(EndReason.FAULT)
            return
        self._paired = paired
        self._child.say(control.Paired(technician=paired.technician_name, key=paired.technician_key))
        with self._news:
            came = self._news.wait_for(lambda: self._joined_at or self._over or self._gone, ENTER_SECONDS)
        if not came:
            _log.warning("The technician knew the code and did not come in.")
            self.stop(EndReason.CONNECTION_LOST)

    def _colleague_paired(self, paired: Paired) -> None:
        """On the inviting's thread. The session's process looks once more whether they are still invited."""
        self._child.say(control.Paired(technician=paired.technician_name, key=paired.technician_key))

    def _heard(self, message: control.FromHost) -> None:
        """On the child's reading thread."""
        match message:
            case control.Noted():
                self._noted(Activity(message.at, message.what, message.detail))
            case control.Entered():
                self._entered()
            case control.Shown():
                self._tell(Output(message.content))
            case control.Listening():
                _log.info("Waiting at the relay.")
            case control.DoorWanted():
                threading.Thread(target=self._find_door, name="another door", daemon=True).start()
            case control.Reached():
                self._tell(Reach(message.reached))
            case control.Asked():
                name = self._paired.technician_name if self._paired else ""
                self._tell(Asked(message.number, name, message.wish, message.minutes, message.why))
            case control.Prompting():
                self._tell(SecretAsked(message.run, message.program, message.protected))
            case control.Refused() if self._ready is not None:
                self._tell(Refused(message.why, message.grants))
            case _:
                with self._news:
                    self._keep(message)
                    self._news.notify_all()

    def _entered(self) -> None:
        """Say who came in, then what was noted of it already."""
        paired = self._paired
        if paired is None:
            return
        with self._news:
            self._joined_at = time.monotonic()
            self._news.notify_all()
        joined = TechnicianJoined(paired.technician_name, paired.technician_key, paired.customer_key, self._relay)
        self._tell(joined)
        for activity in self._noted_before:
            self._tell(activity)
        self._noted_before.clear()

    def _noted(self, activity: Activity) -> None:
        if activity.kind == "colleague_came":
            self._inviting.came(activity.detail)
        elif activity.kind == "colleague_left":
            self._inviting.left(activity.detail)
        if self._joined_at:
            self._tell(activity)
        else:
            self._noted_before.append(activity)

    def _keep(self, message: control.FromHost) -> None:
        match message:
            case control.Ready():
                self._ready = message
            case control.Over():
                self._over = message
            case control.Refused():
                self._refused = message.why
            case _:
                pass

    def _child_gone(self) -> None:
        """On the child's reading thread, last of all."""
        with self._news:
            self._gone = True
            self._news.notify_all()
        if self._ready is not None:
            self._finish()

    def _finish(self) -> Ended:
        """Tell how it ended, once."""
        if self._pairing is not None:
            self._pairing.cancel()
        self._inviting.close()
        with self._telling:
            if self._ended is None:
                self._ended = self._outcome()
                self._on_event(self._ended)
            return self._ended

    def _outcome(self) -> Ended:
        if self._over is not None:
            return in_order(self._over)
        seconds = time.monotonic() - self._joined_at if self._joined_at else 0.0
        folder, session = Path(self._begin.folder), self._begin.session
        return cut_short(folder, session, self._reason, seconds=seconds, forced=self._forced)

    def _tell(self, event: HostEvent) -> None:
        with self._telling:
            if self._ended is None:
                self._on_event(event)
