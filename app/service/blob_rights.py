"""Who may read a blob: technicians any that is here, customers what they sent and what their own cases name."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from app.domain.people import Role
from app.service.event_row import EVERY_CUSTOMER
from app.service.tables import blob_names, events, uploads
from app.service.tokens import Caller


def seen_by(caller: Caller) -> ColumnElement[bool]:
    """The condition on `events` that lets through what this caller may read."""
    if caller.author.role is Role.OWNER:
        return events.c.version > 0
    if caller.is_staff:
        return events.c.confidential.is_(False)
    own = events.c.owner.in_((caller.author.id, EVERY_CUSTOMER))
    return and_(own, events.c.customer_visible, events.c.confidential.is_(False))


def sight(caller: Caller) -> Role | UUID:
    """Whoever has the same may read the same: all technicians, and each customer for themselves."""
    return caller.author.role if caller.is_staff else caller.author.id


def is_here(connection: Connection, sha256: str) -> bool:
    """Whether the blob is here at all."""
    return connection.execute(select(uploads.c.sha256).where(uploads.c.sha256 == sha256).limit(1)).first() is not None


def may_read(connection: Connection, caller: Caller, sha256: str) -> bool:
    """Whether the blob is here for this caller. One that is not here looks the same as one of somebody else."""
    sent = exists().where(uploads.c.sha256 == sha256)
    if caller.is_staff:
        return bool(connection.execute(select(sent)).scalar_one())
    own = exists().where(uploads.c.sha256 == sha256, uploads.c.person == caller.author.id)
    named = exists().where(blob_names.c.sha256 == sha256, blob_names.c.version == events.c.version, seen_by(caller))
    return bool(connection.execute(select(or_(own, and_(named, sent)))).scalar_one())
