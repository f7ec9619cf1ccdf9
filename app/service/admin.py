"""What the owner does at the command line: set the service up, add technicians and relays, take their access away."""

import secrets
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.people import Role
from app.service.database import Database, lock_log
from app.service.errors import (
    AlreadySetUpError,
    EarlierSchemaError,
    NameTakenError,
    NotSetUpError,
    ServiceError,
    UnknownRelayError,
    UnknownTechnicianError,
)
from app.service.schema import Standing
from app.service.settings import ServiceSettings
from app.service.stamps import make_key
from app.service.tables import codes, log, people
from app.service.tokens import hash_code, new_code
from app.system.clock import Clock, SystemClock, new_id

CODE_LIFE = timedelta(hours=24)
"""How long an enrolment code works."""


def init(settings: ServiceSettings, provider: str) -> None:
    """Make the tables and the log's epoch. Raises `AlreadySetUpError`, `NewerSchemaError` or `DatabaseError`."""
    database = Database(settings)
    try:
        known = provider_of(database)
        if known is not None:
            raise AlreadySetUpError(known)
        database.upgrade()
        with database.write() as connection:
            connection.execute(insert(log).values(id=1, provider=provider, epoch=new_epoch(), version=0))
            make_key(connection)
    except IntegrityError as error:  # somebody else did it just now
        raise AlreadySetUpError(provider_name(database)) from error
    finally:
        database.close()


def new_epoch() -> str:
    """A name for a log: a device that has read another one reads this from its start."""
    return secrets.token_hex(16)


def upgrade(settings: ServiceSettings) -> Path | None:
    """Bring the tables to what this program needs. Returns the copy that was made first, if any.

    Raises `NotSetUpError`, `NewerSchemaError` or `DatabaseError`; then nothing was changed.
    """
    database = Database(settings)
    try:
        provider_name(database)
        return database.upgrade()
    finally:
        database.close()


def add_technician(settings: ServiceSettings, name: str, clock: Clock | None = None) -> str:
    """Make a technician known. Returns the enrolment code: it works once, for 24 hours, and is not kept.

    Raises `NameTakenError`, and what `opened` raises.
    """
    return _add(settings, Role.TECHNICIAN, name, clock)


def add_relay(settings: ServiceSettings, name: str, clock: Clock | None = None) -> str:
    """Make a further relay known. Returns its enrolment code, which is as a technician's.

    Raises `NameTakenError`, and what `opened` raises.
    """
    return _add(settings, Role.RELAY, name, clock)


def revoke(settings: ServiceSettings, name: str, clock: Clock | None = None) -> None:
    """Close the service to a technician's devices and codes, at once. What they wrote stays.

    Raises `UnknownTechnicianError`, and what `opened` raises.
    """
    if not _revoked(settings, Role.TECHNICIAN, name, clock):
        raise UnknownTechnicianError(name)


def revoke_relay(settings: ServiceSettings, name: str, clock: Clock | None = None) -> None:
    """Close the service to a further relay. It stops within some seconds, and its sessions with it.

    Raises `UnknownRelayError`, and what `opened` raises.
    """
    if not _revoked(settings, Role.RELAY, name, clock):
        raise UnknownRelayError(name)


def provider_name(database: Database) -> str:
    """Whose service this is. Raises `NotSetUpError`."""
    name = provider_of(database)
    if name is None:
        raise NotSetUpError
    return name


def provider_of(database: Database) -> str | None:
    """Whose service this is, or None where it is not set up."""
    if database.standing() is Standing.EMPTY:
        return None
    with database.read() as connection:
        return connection.execute(select(log.c.provider)).scalar_one_or_none()


def opened(settings: ServiceSettings) -> Database:
    """A database that is set up, and made for this program. Raises `EarlierSchemaError` and what else it may be."""
    database = Database(settings)
    try:
        provider_name(database)
        if database.standing() is Standing.EARLIER:
            raise EarlierSchemaError
    except ServiceError:
        database.close()
        raise
    return database


def _add(settings: ServiceSettings, role: Role, name: str, clock: Clock | None) -> str:
    now = (clock or SystemClock()).now()
    code, person = new_code(), new_id()
    database = opened(settings)
    try:
        with database.write() as connection:
            lock_log(connection)  # two who add the same name wait for each other
            if connection.execute(select(people.c.id).where(_active(role, name))).first() is not None:
                raise NameTakenError(name, role.value)
            connection.execute(insert(people).values(id=person, role=role.value, name=name, made_at=now))
            connection.execute(insert(codes).values(hash=hash_code(code), person=person, until=now + CODE_LIFE))
    finally:
        database.close()
    return code


def _revoked(settings: ServiceSettings, role: Role, name: str, clock: Clock | None) -> bool:
    now = (clock or SystemClock()).now()
    database = opened(settings)
    try:
        with database.write() as connection:
            return bool(connection.execute(update(people).where(_active(role, name)).values(revoked_at=now)).rowcount)
    finally:
        database.close()


def _active(role: Role, name: str) -> ColumnElement[bool]:
    return and_(people.c.name == name, people.c.role == role.value, people.c.revoked_at.is_(None))
