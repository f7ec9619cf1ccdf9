"""The customer's side of a session: wait with a code, let one technician in, see everything, stop at any time."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Lock, Thread
from uuid import UUID

from app.domain.consent import Grants
from app.domain.errors import BistandError
from app.domain.events import ConsentWithdrawn, EndReason, SessionEnded, SessionOffered, SessionStarted
from app.flows.party import Party
from app.flows.synchronise import send_soon, synchronise
from app.remote.customer.host import (
    Activity,
    CodeBurned,
    CodeShown,
    Ended,
    HostedSession,
    HostEvent,
    Output,
    TechnicianJoined,
)
from app.sync.errors import SyncError
from app.system.clock import new_id

__all__ = [
    "Activity",
    "CodeBurned",
    "CodeShown",
    "Ended",
    "HelpSession",
    "HostEvent",
    "Output",
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
        self._over = False
        self._telling: list[Thread] = []
        self._hosted = HostedSession(
            session=self.id,
            case=case_id,
            customer=party.me.name,
            grants=grants,
            mailbox=party.service.mailbox(self.id),
            door=lambda key: party.service.offer_session(self.id, case_id, key),
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

    def fresh_code(self) -> None:
        """Show a new code, after three were burnt."""
        self._hosted.fresh_code()

    def close(self) -> None:
        """Stop, and let go of everything, once the service was told or did not answer. Closing twice is fine."""
        self._hosted.close()
        for thread in self._telling:
            thread.join(_TELLING_SECONDS)

    def _happened(self, event: HostEvent) -> None:
        try:
            if isinstance(event, TechnicianJoined):
                self._write_start(event)
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
