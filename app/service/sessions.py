"""Sessions: the customer opens one, technicians join it, either ends it. The relay is told who may come in."""

import logging
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import StringConstraints
from sqlalchemy import Connection, insert, select, update
from starlette.concurrency import run_in_threadpool

from app.domain.errors import BistandError
from app.domain.events import CaseOpened
from app.domain.records import Record
from app.domain.relay import Door
from app.service.context import CallerOf, CustomerOf, Service, ServiceOf, StaffOf
from app.service.database import events, sessions
from app.service.problems import Problem, missing
from app.service.relay import RelayControl
from app.service.tokens import Caller

router = APIRouter(prefix="/sessions", tags=["sessions"])
_log = logging.getLogger(__name__)

PublicKey = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^ssh-ed25519 [A-Za-z0-9+/]{40,120}={0,2}$")
]  # nothing else: it will stand in a file where options and line ends mean something


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
    return await run_in_threadpool(_offer, service, caller, body)


@router.post("/{session}/join")
async def join(service: ServiceOf, caller: StaffOf, session: UUID, body: Joining) -> Door:
    """Come to a session that waits. Answers with the way to the relay; the customer's code is still needed there."""
    return await run_in_threadpool(_join, service, caller, session, body.key)


@router.delete("/{session}", status_code=204)
async def end(service: ServiceOf, caller: CallerOf, session: UUID) -> None:
    """Take away both keys. A session that is over stays over."""
    await run_in_threadpool(_end, service, caller, session)


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


def _offer(service: Service, caller: Caller, offered: Offer) -> Door:
    relay = _relay(service)
    with service.database.write() as connection:
        _require_own_case(connection, caller, offered.case)
        query = select(sessions.c.case_id).where(sessions.c.id == offered.session)
        known = connection.execute(query).scalar_one_or_none()
        if known is None:
            values = {"case_id": offered.case, "customer": caller.author.id, "offered_at": service.clock.now()}
            connection.execute(insert(sessions).values(id=offered.session, **values))
        else:
            require(connection, caller, offered.session)
            if known != offered.case:
                raise missing("This session belongs to another case.")
    return _admitted(lambda: relay.admit_customer(offered.session, offered.key))


def _require_own_case(connection: Connection, caller: Caller, case_id: UUID) -> None:
    kind = CaseOpened.model_fields["kind"].default
    query = select(events.c.id).where(
        events.c.stream_id == case_id, events.c.kind == kind, events.c.owner == caller.author.id
    )
    if connection.execute(query).first() is None:
        raise missing("There is no such case. It may not have reached the service yet.")


def _join(service: Service, caller: Caller, session: UUID, key: str) -> Door:
    relay = _relay(service)
    with service.database.read() as connection:
        require(connection, caller, session)
    return _admitted(lambda: relay.admit_technician(session, key))


def _end(service: Service, caller: Caller, session: UUID) -> None:
    with service.database.write() as connection:
        require(connection, caller, session, live=False)
        ended = update(sessions).where(sessions.c.id == session, sessions.c.ended_at.is_(None))
        connection.execute(ended.values(ended_at=service.clock.now()))
    if service.relay is not None:
        service.relay.expel(session)


def _admitted(admit: Callable[[], Door]) -> Door:
    """The door, or a 503 problem with the relay's own words."""
    try:
        return admit()
    except BistandError as error:
        _log.warning("the relay admits nobody: %s", error)
        raise Problem(503, str(error), kind="relay") from error


def _relay(service: Service) -> RelayControl:
    if service.relay is None:
        raise Problem(503, "This service has no relay, so no session can be held through it.", kind="no-relay")
    return service.relay
