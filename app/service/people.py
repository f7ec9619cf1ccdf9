"""Who takes part: technicians enrol with a code, customers register, each device gets a token of its own."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AfterValidator, StringConstraints
from sqlalchemy import Connection, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from app.domain.people import Author, Role
from app.domain.records import Record
from app.service.context import Service, ServiceOf, take
from app.service.limits import neighbourhood
from app.service.problems import Problem, forbidden
from app.service.tables import codes, devices, events, people
from app.service.tokens import hash_code, hash_token, new_token
from app.system.clock import new_id

router = APIRouter(tags=["people"])


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("a name has no control characters")
    return name


PersonName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]


class ProviderInfo(Record):
    """Who runs this service."""

    name: str


class Enrolment(Record):
    """A technician's device, with the code that the owner gave them."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    device: UUID


class Registration(Record):
    """A customer's device. `name` is how the technicians will know them."""

    name: PersonName
    device: UUID


class Enrolled(Record):
    """What the device is from now on. The token is told this once."""

    token: str
    me: Author
    provider: str


@router.get("/provider")
async def provider(service: ServiceOf) -> ProviderInfo:
    """Who runs this service."""
    return ProviderInfo(name=service.provider)


@router.post("/enrol")
async def enrol(service: ServiceOf, request: Request, body: Enrolment) -> Enrolled:
    """Make a device a technician's. The code works once, for 24 hours."""
    take(service.enrolments, address_of(request))
    return await run_in_threadpool(_enrol, service, body)


@router.post("/customers")
async def register(service: ServiceOf, request: Request, body: Registration) -> Enrolled:
    """Make a device a customer's."""
    take(service.enrolments, address_of(request))
    return await run_in_threadpool(_register, service, body)


def address_of(request: Request) -> str:
    """Where a request comes from, for limits."""
    return neighbourhood(request.client.host) if request.client else ""


def _enrol(service: Service, enrolment: Enrolment) -> Enrolled:
    with service.database.write() as connection:
        author = redeem(service, connection, enrolment.code, (Role.OWNER, Role.TECHNICIAN))
        return give_token(service, connection, author, enrolment.device)


def redeem(service: Service, connection: Connection, untrusted_code: str, roles: Collection[Role]) -> Author:
    """Use the code up, and say who it makes the caller: somebody in one of these roles. Raises a 403 problem."""
    now = service.clock.now()
    fitting = select(people.c.id).where(people.c.role.in_([role.value for role in roles]))
    used = (
        update(codes)
        .where(codes.c.hash == hash_code(untrusted_code), codes.c.used_at.is_(None), codes.c.until > now)
        .where(codes.c.person.in_(fitting))
        .values(used_at=now)
        .returning(codes.c.person)
    )
    person = connection.execute(used).scalar_one_or_none()
    query = select(people).where(people.c.id == person, people.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise forbidden("This code does not work: it was used, is over 24 hours old, or has a typing mistake.")
    return Author(role=Role(row.role), id=row.id, name=row.name)


def _register(service: Service, registration: Registration) -> Enrolled:
    with service.database.write() as connection:
        author = Author(role=Role.CUSTOMER, id=new_id(), name=registration.name)
        made_at = service.clock.now()
        connection.execute(
            insert(people).values(id=author.id, role=author.role.value, name=author.name, made_at=made_at)
        )
        return give_token(service, connection, author, registration.device)


def give_token(service: Service, connection: Connection, author: Author, device: UUID) -> Enrolled:
    """A device belongs to one person for good, save one that has written nothing: its answer may have been lost."""
    token = new_token()
    values = {"person": author.id, "token_hash": hash_token(token), "made_at": service.clock.now()}
    owner = connection.execute(select(devices.c.person).where(devices.c.id == device)).scalar_one_or_none()
    if owner is None:
        _add_device(connection, device, values)
    elif owner == author.id or not _has_written(connection, device):
        connection.execute(update(devices).where(devices.c.id == device).values(values))
    else:
        raise _taken()
    return Enrolled(token=token, me=author, provider=service.provider)


def _add_device(connection: Connection, device: UUID, values: dict[str, object]) -> None:
    try:
        connection.execute(insert(devices).values(id=device, **values))
    except IntegrityError as error:
        raise _taken() from error


def _has_written(connection: Connection, device: UUID) -> bool:
    return bool(connection.execute(select(exists().where(events.c.device == device))).scalar_one())


def _taken() -> Problem:
    return Problem(
        409,
        "This device is known here as another person's. Use a home of its own for each: BISTAND_HOME names it.",
        kind="device-taken",
    )
