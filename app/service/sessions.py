"""Sessions: the customer opens one, technicians join it, either ends it. The relay is told who may come in."""

import logging
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.errors import BistandError
from app.domain.events import CaseOpened
from app.domain.people import Role
from app.domain.records import Record
from app.domain.relay import Door, PublicKey
from app.service.context import CallerOf, CustomerOf, Service, ServiceOf, StaffOf
from app.service.errors import NoRelayError
from app.service.problems import Problem, forbidden, missing
from app.service.tables import events, joinings, sessions
from app.service.tokens import Caller

router = APIRouter(prefix="/sessions", tags=["sessions"])
_log = logging.getLogger(__name__)


class Offer(Record):
    """A session on one of the customer's own cases. `key` is their link's OpenSSH public key, made for this session."""

    session: UUID
    case: UUID
    key: PublicKey


class Joining(Record):
    """`key` is the technician's link's OpenSSH public key, made for this session."""

    key: PublicKey


@router.post("")
async def offer(service: ServiceOf, caller: CustomerOf, body: Offer) -> Door:
    """Open a session, or come back to one with another key. Answers with the way to the relay."""
    return await to_thread.run_sync(_offer, service, caller, body, limiter=service.relaying)


@router.post("/{session}/join")
async def join(service: ServiceOf, caller: StaffOf, session: UUID, body: Joining) -> Door:
    """Come to a session that waits. Answers with the way to the relay; the customer's code is still needed there."""
    return await to_thread.run_sync(_join, service, caller, session, body.key, limiter=service.relaying)


@router.delete("/{session}", status_code=204)
async def end(service: ServiceOf, caller: CallerOf, session: UUID) -> None:
    """Take away both keys: for the customer, a technician who has joined, and the owner. What is over stays over."""
    await to_thread.run_sync(_end, service, caller, session, limiter=service.relaying)


def require(connection: Connection, caller: Caller, session: UUID, *, live: bool = True) -> None:
    """Pass where this caller takes part in the session; else a 404 problem, or 410 where it is over."""
    query = select(sessions.c.ended_at).where(sessions.c.id == session)
    if not caller.is_staff:
        query = query.where(sessions.c.customer == caller.author.id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise missing("There is no such session.")
    if live and row.ended_at is not None:
        raise Problem(410, "This session is over.", kind="over")


def may_end(connection: Connection, caller: Caller, session: UUID) -> bool:
    """Whether a session that this caller may know of is theirs to end."""
    if caller.author.role is not Role.TECHNICIAN:
        return True
    joined = (joinings.c.session == session, joinings.c.person == caller.author.id)
    return connection.execute(select(joinings.c.session).where(*joined)).first() is not None


def is_open(connection: Connection, session: UUID) -> bool:
    """Whether it was offered here and is not over."""
    query = select(sessions.c.id).where(sessions.c.id == session, sessions.c.ended_at.is_(None))
    return connection.execute(query).first() is not None


def _offer(service: Service, caller: Caller, offered: Offer) -> Door:
    with service.database.write() as connection:
        _require_own_case(connection, caller, offered.case)
        values = {"case_id": offered.case, "customer": caller.author.id, "offered_at": service.clock.now()}
        if not _is_new(connection, offered.session, values):
            require(connection, caller, offered.session)
            if _case_of(connection, offered.session) != offered.case:
                raise missing("This session belongs to another case.")
    return _admitted(
        service, caller, offered.session, lambda: service.relay.admit_customer(offered.session, offered.key)
    )


def _is_new(connection: Connection, session: UUID, values: dict[str, object]) -> bool:
    """Whether there was no such session; then it is there now. One that is offered twice at once is new once."""
    if _case_of(connection, session) is not None:
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(sessions).values(id=session, **values))
    except IntegrityError:
        return False
    return True


def _case_of(connection: Connection, session: UUID) -> UUID | None:
    return connection.execute(select(sessions.c.case_id).where(sessions.c.id == session)).scalar_one_or_none()


def _require_own_case(connection: Connection, caller: Caller, case_id: UUID) -> None:
    kind = CaseOpened.model_fields["kind"].default
    query = select(events.c.id).where(
        events.c.stream_id == case_id, events.c.kind == kind, events.c.owner == caller.author.id
    )
    if connection.execute(query).first() is None:
        raise missing("There is no such case. It may not have reached the service yet.")


def _join(service: Service, caller: Caller, session: UUID, key: str) -> Door:
    with service.database.write() as connection:
        require(connection, caller, session)
        _note_joining(connection, caller, session)
    return _admitted(service, caller, session, lambda: service.relay.admit_technician(session, key))


def _note_joining(connection: Connection, caller: Caller, session: UUID) -> None:
    """Before they are let in: whoever is in can end it."""
    if not may_end(connection, caller, session):
        with suppress(IntegrityError), connection.begin_nested():  # the same technician may come twice at once
            connection.execute(insert(joinings).values(session=session, person=caller.author.id))


def _end(service: Service, caller: Caller, session: UUID) -> None:
    with service.database.write() as connection:
        require(connection, caller, session, live=False)
        if not may_end(connection, caller, session):
            raise forbidden("A session is ended by its customer, by a technician who has joined it, or by the owner.")
        ended = update(sessions).where(sessions.c.id == session, sessions.c.ended_at.is_(None))
        connection.execute(ended.values(ended_at=service.clock.now()))
    service.relay.expel(session)


def _admitted(service: Service, caller: Caller, session: UUID, admit: Callable[[], Door]) -> Door:
    """The door, or a 503 problem with the relay's own words. A session that ended meanwhile is left again."""
    try:
        door = admit()
    except NoRelayError as error:
        raise Problem(503, str(error), kind="no-relay") from error
    except BistandError as error:
        _log.warning("the relay admits nobody: %s", error)
        raise Problem(503, str(error), kind="relay") from error
    try:
        with service.database.read() as connection:
            require(connection, caller, session)
    except Problem:
        service.relay.expel(session)
        raise
    return door
