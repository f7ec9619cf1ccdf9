"""What the owner does at the command line: set the service up, add technicians, take their access away."""

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.domain.people import Role
from app.service.database import Database, codes, log, people
from app.service.errors import AlreadySetUpError, DatabaseError, NameTakenError, NotSetUpError, UnknownTechnicianError
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
    now = (clock or SystemClock()).now()
    code, person = new_code(), new_id()
    database = _opened(settings)
    try:
        with database.write() as connection:
            if connection.execute(select(people.c.id).where(_technician(name))).first() is not None:
                raise NameTakenError(name)
            connection.execute(insert(people).values(id=person, role=Role.TECHNICIAN.value, name=name, made_at=now))
            connection.execute(insert(codes).values(hash=hash_code(code), person=person, until=now + CODE_LIFE))
    finally:
        database.close()
    return code


def revoke(settings: ServiceSettings, name: str, clock: Clock | None = None) -> None:
    """Close the service to a technician's devices and codes, at once. What they wrote stays.

    Raises `UnknownTechnicianError`, `NotSetUpError` or `DatabaseError`.
    """
    now = (clock or SystemClock()).now()
    database = _opened(settings)
    try:
        with database.write() as connection:
            done = connection.execute(update(people).where(_technician(name)).values(revoked_at=now))
            if done.rowcount == 0:
                raise UnknownTechnicianError(name)
    finally:
        database.close()


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


def _technician(name: str) -> ColumnElement[bool]:
    return and_(people.c.name == name, people.c.role == Role.TECHNICIAN.value, people.c.revoked_at.is_(None))
