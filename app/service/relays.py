"""Further relays: each enrols with a code, then asks for orders again and again, and tells what it carries."""

import asyncio
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from app.domain.people import Role
from app.domain.relay import Order, OrderKind, Orders, RelayReport
from app.service.broker import strangers
from app.service.context import LONGEST_WAIT, RelayOf, Service, ServiceOf, take
from app.service.people import Enrolled, Enrolment, address_of, give_token, redeem
from app.service.problems import unauthorised
from app.service.tokens import Caller, find_caller
from app.system.clock import new_id

router = APIRouter(prefix="/relays", tags=["relays"])


@router.post("/enrol")
async def enrol(service: ServiceOf, request: Request, body: Enrolment) -> Enrolled:
    """Make a machine a further relay. The code works once, for 24 hours, and for a relay alone."""
    take(service.enrolments, address_of(request))
    return await run_in_threadpool(_enrol, service, body)


@router.post("/report")
async def report(
    service: ServiceOf,
    caller: RelayOf,
    body: RelayReport,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Orders:
    """Say what the relay carries and what became of its orders; get the next ones, waiting up to `wait` seconds."""
    relay, loop = caller.author.id, asyncio.get_running_loop()
    ticket = service.notifier.ticket(relay)

    def wake() -> None:
        loop.call_soon_threadsafe(service.notifier.wake, relay)

    turn, orders = await run_in_threadpool(_heard, service, relay, body, wake)
    if not orders and wait and await service.live.wait(caller, ticket, wait):
        await run_in_threadpool(_require_known, service, caller)
        orders = await run_in_threadpool(service.stations.take, relay, turn)
    return Orders(orders=orders)


@router.post("/leave", status_code=204)
async def leave(service: ServiceOf, caller: RelayOf) -> None:
    """The relay stops: nobody is sent there any more."""
    await run_in_threadpool(service.stations.leave, caller.author.id)


def _enrol(service: Service, enrolment: Enrolment) -> Enrolled:
    with service.database.write() as connection:
        author = redeem(service, connection, enrolment.code, (Role.RELAY,))
        return give_token(service, connection, author, enrolment.device)


def _heard(
    service: Service, relay: UUID, report: RelayReport, wake: Callable[[], None]
) -> tuple[int, tuple[Order, ...]]:
    """The report's turn, and what the relay is to do at once."""
    turn = service.stations.hear(relay, report, wake)
    over = _over(service, relay, report.held)
    return turn, over + service.stations.take(relay, turn)  # what is over goes first: it may be let in anew since


def _over(service: Service, relay: UUID, held: tuple[UUID, ...]) -> tuple[Order, ...]:
    over = strangers(service.database, relay, held)
    return tuple(Order(id=new_id(), kind=OrderKind.EXPEL, session=session) for session in over)


def _require_known(service: Service, caller: Caller) -> None:
    with service.database.read() as connection:
        if find_caller(connection, caller.token_hash) is None:  # revoked while it waited
            raise unauthorised()
