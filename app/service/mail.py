"""A session's mailbox: the customer's side and the technicians' side write to each other, in order.

The service cannot read along in earnest: pairing is made so that what passes here gives nothing away.
"""

import base64
import binascii
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import StringConstraints
from sqlalchemy import delete, func, insert, select
from starlette.concurrency import run_in_threadpool

from app.domain.records import Record, Utc
from app.service.context import LONGEST_WAIT, CallerOf, Service, ServiceOf, take
from app.service.problems import Problem, too_large, unauthorised
from app.service.sessions import require
from app.service.tables import mail, sessions
from app.service.tokens import Caller, find_caller

router = APIRouter(prefix="/sessions/{session}/mail", tags=["sessions"])

LARGEST_BODY = 16 * 1024
MOST_LETTERS = 64
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
LETTER_LIFE = timedelta(hours=1)


class NewLetter(Record):
    """What one side has to say: up to 16 KiB, in base64."""

    body: Annotated[str, StringConstraints(max_length=2 * LARGEST_BODY, pattern=_BASE64)]


class Letter(Record):
    """What the other side said. `author` is the principal's name, which the service vouches for."""

    id: int
    at: Utc
    author: str
    body: str


class Letters(Record):
    """Letters in order. The last one's id is what to ask after."""

    letters: tuple[Letter, ...]


@router.post("", status_code=201)
async def post_letter(service: ServiceOf, caller: CallerOf, session: UUID, body: NewLetter) -> Letter:
    """Write to the other side."""
    take(service.mails, caller.token_hash)
    letter = await run_in_threadpool(_post, service, caller, session, body.body)
    service.notifier.wake(session)
    return letter


@router.get("")
async def read_letters(
    service: ServiceOf,
    caller: CallerOf,
    session: UUID,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Letters:
    """What the other side wrote after a letter's id. Waits up to `wait` seconds where there is nothing."""
    ticket = service.notifier.ticket(session)
    letters = await run_in_threadpool(_read, service, caller, session, after)
    if not letters.letters and wait and await service.live.wait(caller, ticket, wait):
        letters = await run_in_threadpool(_read, service, caller, session, after)
    return letters


def _post(service: Service, caller: Caller, session: UUID, encoded: str) -> Letter:
    body = _decode(encoded)
    now = service.clock.now()
    with service.database.write() as connection:
        require(connection, caller, session)
        # The session's row is what two writers wait for: the limit holds, and ids are seen in their order.
        connection.execute(select(sessions.c.id).where(sessions.c.id == session).with_for_update())
        connection.execute(delete(mail).where(mail.c.session == session, mail.c.at < now - LETTER_LIFE))
        count = connection.execute(select(func.count()).where(mail.c.session == session)).scalar_one()
        if count >= MOST_LETTERS:
            raise Problem(429, "This session's mailbox is full.", kind="mailbox-full", headers={"Retry-After": "3600"})
        values = {"session": session, "from_customer": not caller.is_staff, "author": caller.author.name}
        written = insert(mail).values(at=now, body=body, **values).returning(mail.c.id)
        letter_id = connection.execute(written).scalar_one()
        service.database.announce(connection, session)
    return Letter(id=letter_id, at=now, author=caller.author.name, body=encoded)


def _read(service: Service, caller: Caller, session: UUID, after: int) -> Letters:
    with service.database.read() as connection:
        if find_caller(connection, caller.token_hash) is None:  # revoked while it waited
            raise unauthorised()
        require(connection, caller, session)
        query = (
            select(mail)
            .where(mail.c.session == session, mail.c.id > after, mail.c.from_customer == caller.is_staff)
            .where(mail.c.at >= service.clock.now() - LETTER_LIFE)
            .order_by(mail.c.id)
        )
        rows = connection.execute(query).all()
    return Letters(letters=tuple(_letter(row.id, row.at, row.author, row.body) for row in rows))


def _letter(letter_id: int, at: Utc, author: str, body: bytes) -> Letter:
    return Letter(id=letter_id, at=at, author=author, body=base64.b64encode(body).decode())


def _decode(encoded: str) -> bytes:
    try:
        body = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "body: this is not base64.", kind="malformed") from error
    if len(body) > LARGEST_BODY:
        raise too_large("The letter")
    return body
