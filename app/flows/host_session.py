"""The customer's side of a session: wait with a code, let one technician in, see everything, stop at any time."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Lock, Thread
from uuid import UUID

from app.domain.consent import Grant, Grants, standing
from app.domain.errors import BistandError
from app.domain.events import ConsentGiven, ConsentWithdrawn, EndReason, SessionEnded, SessionOffered, SessionStarted
from app.domain.relay import Door
from app.flows.doors import door_of
from app.flows.grants import grant_for
from app.flows.party import Party
from app.flows.synchronise import send_soon, synchronise
from app.remote.customer.host import (
    Activity,
    Asked,
    CodeBurned,
    CodeShown,
    ColleagueCode,
    ColleagueCodeBurned,
    ColleagueCodeGone,
    Ended,
    HostedSession,
    HostEvent,
    Output,
    Reach,
    Refused,
    SecretAsked,
    TechnicianJoined,
)
from app.sync.errors import SyncError
from app.system.clock import new_id

__all__ = [
    "Activity",
    "Asked",
    "CodeBurned",
    "CodeShown",
    "ColleagueCode",
    "ColleagueCodeBurned",
    "ColleagueCodeGone",
    "Ended",
    "HelpSession",
    "HostEvent",
    "Output",
    "Reach",
    "Refused",
    "SecretAsked",
    "TechnicianJoined",
    "host_session",
]

log = logging.getLogger(__name__)

_TELLING_SECONDS = 10.0


class HelpSession:
    """A service object: `start`, `stop`, `close`. Its events come on a thread of its own.

    What happens is written into the case's log before the event is handed on. The service is told on a thread of its
    own: one that does not answer holds up neither the session nor its end.
    """

    def __init__(self, party: Party, case_id: UUID, grants: Grants, on_event: Callable[[HostEvent], None]) -> None:
        self.id = new_id()
        self._party = party
        self._case_id = case_id
        self._on_event = on_event
        self._lock = Lock()
        self._granting = Lock()
        self._grants = grants
        self._over = False
        self._telling: list[Thread] = []
        self._hosted = HostedSession(
            session=self.id,
            case=case_id,
            customer=party.me.name,
            grants=grants,
            mailbox=party.service.mailbox(self.id),
            door=self._door,
            folder=party.home.recordings,
            never=(party.home.folder,),
            on_event=self._happened,
            clock=party.clock,
        )

    def start(self) -> None:
        """Say that this machine waits, and show the first code. Raises where the service does not answer."""
        self._party.write(self._case_id, SessionOffered(session=self.id))
        try:
            synchronise(self._party)
            self._hosted.start()
        except BaseException as error:
            self._take_back(EndReason.CONNECTION_LOST if isinstance(error, SyncError) else EndReason.FAULT)
            raise

    def stop(self) -> None:
        """Stop, now: every channel and every process that the session started is ended."""
        self._hosted.stop(EndReason.CUSTOMER_STOPPED)

    @property
    def grants(self) -> Grants:
        """What is granted, that which ran out included."""
        return self._grants

    def allow(self, asked: Asked, minutes: int | None = None) -> Grant:
        """Grant what the technician asked for, for so many minutes from now, or for those that they asked for.

        Written into the case first. Raises `NoSuchMachineError` and `NotReachableError` for a port that cannot be, and
        `NoSuchFolderError`. Like `take_back` it may be called from any thread but Qt's.
        """
        until = self._party.clock.now() + timedelta(minutes=minutes or asked.minutes)
        grant = grant_for(asked.wish, until)
        self._grant(lambda grants: (*grants, grant), asked.number)
        return grant

    def decline(self, asked: Asked) -> None:
        """Do not grant it. The technician is told."""
        self._hosted.decline(asked.number)

    def take_back(self, grant: Grant) -> None:
        """This is granted no more, from now on: what it let in is closed at once."""
        self._grant(lambda grants: tuple(one for one in grants if one != grant))

    def pause(self, paused: bool) -> None:
        """Freeze everything that the technician does, or let it go on."""
        self._hosted.pause(paused)

    def type_secret(self, asked: SecretAsked, text: str) -> None:
        """Type a password for the program that waits for it. Nobody else sees it, and it is kept nowhere."""
        self._hosted.type_secret(asked.terminal, text)

    def fresh_code(self) -> None:
        """Show a new code, after three were burnt."""
        self._hosted.fresh_code()

    def close(self) -> None:
        """Stop, and let go of everything, once the service was told or did not answer. Closing twice is fine."""
        self._hosted.close()
        for thread in self._telling:
            thread.join(_TELLING_SECONDS)

    def _grant(self, change: Callable[[tuple[Grant, ...]], tuple[Grant, ...]], asked: int | None = None) -> None:
        """Other grants count from now on; what the customer agreed to stands in the case before it holds.

        One change at a time: what is taken back must not come back with something that is allowed at that moment.
        """
        with self._granting:
            now = self._party.clock.now()
            held = Grants(grants=tuple(grant for grant in change(self._grants.grants) if grant.until > now))
            self._write_consent(held)
            self._grants = held
            self._hosted.set_grants(held, asked)
        self._in_background(partial(send_soon, self._party))

    def _drop(self, refused: tuple[Grant, ...]) -> None:
        """These do not hold: they cannot be served. What is shown and what is written must not say that they do."""
        with self._granting:
            self._grants = Grants(grants=tuple(grant for grant in self._grants.grants if grant not in refused))
            self._write_consent(self._grants)
        self._in_background(partial(send_soon, self._party))

    def _write_consent(self, held: Grants) -> None:
        agreed = standing(self._party.store.case(self._case_id).consents)
        body = ConsentGiven(
            shares_diagnostics=agreed is not None and agreed.shares_diagnostics,
            price=agreed.price if agreed else "",
            grants=held,
        )
        self._party.write(self._case_id, body)

    def _door(self, key: str) -> Door:
        """The customer's place at a relay. Raises `WayOverError` where the service says that the session is over."""
        return door_of(lambda: self._party.service.offer_session(self.id, self._case_id, key))

    def _happened(self, event: HostEvent) -> None:
        try:
            if isinstance(event, TechnicianJoined):
                self._write_start(event)
            if isinstance(event, Refused):
                self._drop(event.grants)
            if isinstance(event, Ended):
                self._write_end(event)
        except BistandError:
            log.exception("session %s could not be written into the case", self.id)
            if isinstance(event, TechnicianJoined):  # nobody stays in of whom nothing is on record
                self._in_background(partial(self._hosted.stop, EndReason.RECORDING_FAILED))
        self._on_event(event)

    def _write_start(self, event: TechnicianJoined) -> None:
        body = SessionStarted(
            session=self.id,
            technician=event.name,
            customer_key=event.customer_key,
            technician_key=event.technician_key,
            relay=event.relay,
        )
        self._party.write(self._case_id, body)
        self._in_background(partial(send_soon, self._party))

    def _write_end(self, event: Ended) -> None:
        if self._is_over():
            return
        self._in_background(self._leave_the_relay)
        if event.reason is EndReason.CUSTOMER_STOPPED:
            self._party.write(self._case_id, ConsentWithdrawn())
        self._party.write(self._case_id, self._ended(event))
        self._in_background(partial(send_soon, self._party))

    def _take_back(self, reason: EndReason) -> None:
        """Nobody waits after all: a technician must not be sent for."""
        if self._is_over():
            return
        try:
            self._party.write(self._case_id, SessionEnded(session=self.id, reason=reason, seconds=0))
        except BistandError:
            log.exception("session %s is still said to wait", self.id)
            return
        self._in_background(partial(send_soon, self._party))

    def _is_over(self) -> bool:
        """Whether its end was written already; from now on it counts as written."""
        with self._lock:
            over, self._over = self._over, True
        return over

    def _in_background(self, work: Callable[[], object]) -> None:
        thread = Thread(target=work, name="telling the service", daemon=True)
        self._telling.append(thread)
        thread.start()

    def _leave_the_relay(self) -> None:
        """Have both keys taken away. Where the service does not answer, they run out by themselves."""
        try:
            self._party.service.end_session(self.id)
        except SyncError as error:
            log.info("the relay's keys of session %s are left to run out: %s", self.id, error)

    def _ended(self, event: Ended) -> SessionEnded:
        return SessionEnded(
            session=self.id,
            reason=event.reason,
            seconds=event.seconds,
            commands=event.commands,
            files=event.files,
            audit_head=event.audit_head,
            audit=self._kept_audit(event),
        )

    def _kept_audit(self, event: Ended) -> str | None:
        """Keep the audit to be sent. A disk too full for it must not keep the session's end from being told."""
        try:
            audit = event.audit.read_bytes() if event.audit.is_file() else b""
            return self._party.store.put_blob(audit) if audit else None
        except (OSError, BistandError):
            log.exception("%s could not be put into the store; the file is kept", event.audit)
            return None


def host_session(party: Party, case_id: UUID, grants: Grants, on_event: Callable[[HostEvent], None]) -> HelpSession:
    """Wait for a technician on this case. Call `start` on what comes back, and `close` in the end."""
    return HelpSession(party, case_id, grants, on_event)
