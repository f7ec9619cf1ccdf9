"""Sessions on a case: offered by the customer, started by both, ended by either."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.altered import altered
from app.domain.events import AuditHead, EndReason, Event, SessionEnded, SessionOffered, SessionStarted


@dataclass(frozen=True)
class Session:
    """One remote session as both ends told of it."""

    id: UUID
    offered_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    technician: str = ""
    relay: str = ""
    customer_key: str = ""
    technician_key: str = ""
    reason: EndReason | None = None
    seconds: float = 0.0
    commands: int = 0
    files: int = 0
    connect_seconds: float | None = None
    audit_head: AuditHead | None = None
    audit: str | None = None
    recording: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a technician can still come in."""
        return self.offered_at is not None and self.started_at is None and self.ended_at is None

    @property
    def is_live(self) -> bool:
        """Whether a technician is in."""
        return self.started_at is not None and self.ended_at is None


Sessions = tuple[Session, ...]


def offer_session(sessions: Sessions, event: Event, body: SessionOffered) -> Sessions:
    """The customer waits."""
    return _changed(sessions, altered(_named(sessions, body.session), offered_at=event.at))


def start_session(sessions: Sessions, event: Event, body: SessionStarted) -> Sessions:
    """A technician is in. The first word counts."""
    session = _named(sessions, body.session)
    if session.started_at is not None:
        return sessions
    started = altered(
        session,
        started_at=event.at,
        technician=body.technician,
        relay=body.relay,
        customer_key=body.customer_key,
        technician_key=body.technician_key,
    )
    return _changed(sessions, started)


def end_session(sessions: Sessions, event: Event, body: SessionEnded) -> Sessions:
    """It is over. Both ends report: what one of them does not hold is taken from the other.

    Where both hold something, the audit that counts is the customer's, whose receipt is made of it, and the
    recording is the technician's: neither can put another in its place afterwards.
    """
    session = _named(sessions, body.session)
    by_customer = not event.author.is_staff
    ended = altered(
        session,
        ended_at=session.ended_at or event.at,
        reason=session.reason or body.reason,
        seconds=max(session.seconds, body.seconds),
        commands=max(session.commands, body.commands),
        files=max(session.files, body.files),
        connect_seconds=session.connect_seconds if body.connect_seconds is None else body.connect_seconds,
        audit_head=_head(session.audit_head, body.audit_head, prefers_new=by_customer),
        audit=_counted(session.audit, body.audit, prefers_new=by_customer),
        recording=_counted(session.recording, body.recording, prefers_new=not by_customer),
    )
    return _changed(sessions, ended)


def end_all(sessions: Sessions, event: Event) -> Sessions:
    """Whatever was under way is over: the customer was erased."""
    return tuple(session if session.ended_at else altered(session, ended_at=event.at) for session in sessions)


def _counted(old: str | None, new: str | None, *, prefers_new: bool) -> str | None:
    return new or old if prefers_new else old or new


def _head(old: AuditHead | None, new: AuditHead | None, *, prefers_new: bool) -> AuditHead | None:
    """The customer's word of the same audit, like the audit itself; of two alike, the one that both signed."""
    if old is None or new is None:
        return new or old
    if (old.lines, old.head) == (new.lines, new.head):
        return max(old, new, key=lambda head: bool(head.customer_signature and head.technician_signature))
    return new if prefers_new else old


def _named(sessions: Sessions, session_id: UUID) -> Session:
    return next((session for session in sessions if session.id == session_id), Session(session_id))


def _changed(sessions: Sessions, session: Session) -> Sessions:
    if any(old.id == session.id for old in sessions):
        return tuple(session if old.id == session.id else old for old in sessions)
    return (*sessions, session)
