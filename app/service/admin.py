"""What the owner does at the command line: set the service up, add technicians and relays, take their access away."""

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.domain.people import Role
from app.service.database import Database, codes, log, people
from app.service.errors import (
    AlreadySetUpError,
    DatabaseError,
    NameTakenError,
    NotSetUpError,
    UnknownRelayError,
    UnknownTechnicianError,
)
from app.service.settings import ServiceSettings
from app.service.tokens import hash_code, new_code
from app.system.clock import Clock, SystemClock, new_id

CODE_LIFE = timedelta(hours=24)
"""How long an enrolment code works."""


def init(settings: ServiceSettings, provider: str) -> None:
    """Make the tables and the log's epoch. Raises `AlreadySetUpError` or `DatabaseError`."""
    database = Database(settings)
    try:
        known = _provider(database)
        if known is not None:
            raise AlreadySetUpError(known)
        database.make_tables()
        with database.write() as connection:
            connection.execute(insert(log).values(id=1, provider=provider, epoch=secrets.token_hex(16), version=0))
    except SQLAlchemyError as error:
        raise DatabaseError(str(error).splitlines()[0]) from error
    finally:
        database.close()


def add_technician(settings: ServiceSettings, name: str, clock: Clock | None = None) -> str:
    """Make a technician known. Returns the enrolment code: it works once, for 24 hours, and is not kept.

    Raises `NameTakenError`, `NotSetUpError` or `DatabaseError`.
    """
    return _add(settings, Role.TECHNICIAN, name, clock)


def add_relay(settings: ServiceSettings, name: str, clock: Clock | None = None) -> str:
    """Make a further relay known. Returns its enrolment code, which is as a technician's.

    Raises `NameTakenError`, `NotSetUpError` or `DatabaseError`.
    """
    return _add(settings, Role.RELAY, name, clock)


def revoke(settings: ServiceSettings, name: str, clock: Clock | None = None) -> None:
    """Close the service to a technician's devices and codes, at once. What they wrote stays.

    Raises `UnknownTechnicianError`, `NotSetUpError` or `DatabaseError`.
    """
    if not _revoked(settings, Role.TECHNICIAN, name, clock):
        raise UnknownTechnicianError(name)


def revoke_relay(settings: ServiceSettings, name: str, clock: Clock | None = None) -> None:
    """Close the service to a further relay. It stops within some seconds, and its sessions with it.

    Raises `UnknownRelayError`, `NotSetUpError` or `DatabaseError`.
    """
    if not _revoked(settings, Role.RELAY, name, clock):
        raise UnknownRelayError(name)


def provider_name(database: Database) -> str:
    """Whose service this is. Raises `NotSetUpError`."""
    name = _provider(database)
    if name is None:
        raise NotSetUpError
    return name


def _provider(database: Database) -> str | None:
    if not database.is_set_up():
        return None
    with database.read() as connection:
        return connection.execute(select(log.c.provider)).scalar_one_or_none()


def _opened(settings: ServiceSettings) -> Database:
    database = Database(settings)
    try:
        provider_name(database)
    except NotSetUpError:
        database.close()
        raise
    return database


def _add(settings: ServiceSettings, role: Role, name: str, clock: Clock | None) -> str:
    now = (clock or SystemClock()).now()
    code, person = new_code(), new_id()
    database = _opened(settings)
    try:
        with database.write() as connection:
            if connection.execute(select(people.c.id).where(_active(role, name))).first() is not None:
                raise NameTakenError(name, role.value)
            connection.execute(insert(people).values(id=person, role=role.value, name=name, made_at=now))
            connection.execute(insert(codes).values(hash=hash_code(code), person=person, until=now + CODE_LIFE))
    finally:
        database.close()
    return code


def _revoked(settings: ServiceSettings, role: Role, name: str, clock: Clock | None) -> bool:
    now = (clock or SystemClock()).now()
    database = _opened(settings)
    try:
        with database.write() as connection:
            return bool(connection.execute(update(people).where(_active(role, name)).values(revoked_at=now)).rowcount)
    finally:
        database.close()


def _active(role: Role, name: str) -> ColumnElement[bool]:
    return and_(people.c.name == name, people.c.role == role.value, people.c.revoked_at.is_(None))
