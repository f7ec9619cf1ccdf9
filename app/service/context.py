"""What every route works with: the parts of one running service, and who is asking."""

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from anyio import CapacityLimiter
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from app.domain.people import Role
from app.service.blob_parts import Parts
from app.service.blob_store import BlobStore
from app.service.database import Database
from app.service.limits import RateLimit
from app.service.live import LiveRequests
from app.service.looks import Look, Seen
from app.service.metrics import Metrics
from app.service.notifier import Notifier
from app.service.problems import forbidden, too_often
from app.service.readiness import Readiness
from app.service.relay import RelayControl
from app.service.settings import ServiceSettings
from app.service.stations import AllStations
from app.service.together import Together
from app.service.tokens import Caller
from app.system.clock import Clock

LONGEST_WAIT = 25.0
"""How long a request may wait for news, in seconds."""


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of one running service."""

    settings: ServiceSettings
    database: Database
    notifier: Notifier
    relay: RelayControl
    stations: AllStations
    clock: Clock
    provider: str
    enrolments: RateLimit
    mails: RateLimit
    requests: RateLimit
    bytes: RateLimit
    live: LiveRequests
    metrics: Metrics
    readiness: Readiness
    callers: Together[str, Caller | None]  # whose token it is, by its hash
    looks: Together[Look, Seen | None]
    relaying: CapacityLimiter  # threads that may wait for a relay, apart from those that its answer needs
    store: BlobStore
    parts: Parts
    storing: CapacityLimiter  # threads that may wait for the store, so that one that hangs holds up nothing else
    uploads: set[tuple[str, UUID]] = field(default_factory=set)  # those under way: SHA-256 and person


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


_bearer = HTTPBearer(auto_error=False, description="The token of an enrolled device.")


async def _caller(request: Request, _: Annotated[object, Depends(_bearer)]) -> Caller:
    caller: Caller = request.scope["caller"]  # put there by the guard, or the request would not have come this far
    return caller


async def _staff(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    if not caller.is_staff:
        raise forbidden("Only technicians can do this.")
    return caller


async def _customer(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    if caller.author.role is not Role.CUSTOMER:
        raise forbidden("Only the customer can do this.")
    return caller


async def _relay(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    if caller.author.role is not Role.RELAY:
        raise forbidden("Only a relay can do this.")
    return caller


ServiceOf = Annotated[Service, Depends(_service)]
CallerOf = Annotated[Caller, Depends(_caller)]
StaffOf = Annotated[Caller, Depends(_staff)]
CustomerOf = Annotated[Caller, Depends(_customer)]
RelayOf = Annotated[Caller, Depends(_relay)]


def take(limit: RateLimit, key: object, much: float = 1) -> None:
    """Count one try, or as much as it costs. Raises a 429 problem where it was too much."""
    wait = limit.take(key, much)
    if wait is not None:
        raise too_often(wait)
