"""The log over the web: devices push what they wrote and pull what is new to them."""

import json
import time
from itertools import chain
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field, WithJsonSchema
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from app.domain.records import Record
from app.service.blob_rights import seen_by
from app.service.context import LONGEST_WAIT, CallerOf, Service, ServiceOf
from app.service.cursor import check, log_end, place_after
from app.service.looks import Look, Seen, entry, page_of
from app.service.notifier import LOG, Ticket
from app.service.problems import too_large, unauthorised
from app.service.push import Verdict, push
from app.service.stamps import stamps
from app.service.tables import events
from app.service.tokens import Caller, find_caller

router = APIRouter(tags=["log"])

LARGEST_BATCH = 500
"""How many events one push may hold."""

LARGEST_PAGE = 5000
"""How many events one pull brings at most: each page costs a device one commit."""
_LARGEST_PAGE_BYTES = 4 * 1024 * 1024
_READ_AT_ONCE = 100
"""How many events are read from the database at once: few, since each may be large."""


def _with_id(entry: dict[str, Any]) -> dict[str, Any]:
    try:
        if str(UUID(entry["id"])) != entry["id"].lower():
            raise ValueError("not as it is usually written")
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError("every event has an id, a UUID") from error
    return entry


_ENTRY_TOLD = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}
_Entry = Annotated[dict[str, Any], AfterValidator(_with_id), WithJsonSchema(_ENTRY_TOLD)]
_Stamp = Annotated[str, Field(max_length=100)]


class Push(Record):
    """A batch in `device_seq` order. `cursor` is how far the device has read; none before its first pull.

    An event that the service does not understand is refused by itself, not with the whole batch. `stamps` has, by
    event id, what the service once stamped events with: those it takes back as they are, whoever wrote them.
    """

    cursor: Annotated[str | None, Field(max_length=100)] = None
    events: Annotated[list[_Entry], Field(json_schema_extra={"maxItems": LARGEST_BATCH})]
    stamps: Annotated[dict[UUID, _Stamp], Field(default_factory=dict, max_length=LARGEST_BATCH)]


class Pushed(Record):
    """What became of each event, in the batch's order."""

    results: tuple[Verdict, ...]


class Versioned(Record):
    """An event in its place in the log, and the service's stamp on it."""

    version: int
    stamp: str
    event: dict[str, Any]


class Page(Record):
    """Events in order, how far the device has read with them, and whether more is there already.

    `newest` is the log's last version, for those who may read all of it.
    """

    events: tuple[Versioned, ...]
    cursor: str
    more: bool
    newest: int | None = None


@router.post("/events", response_model_exclude_none=True)
async def push_events(service: ServiceOf, caller: CallerOf, body: Push) -> Pushed:
    """Give a batch of events. Giving one again changes nothing and tells its version."""
    if len(body.events) > LARGEST_BATCH:
        raise too_large(f"A batch of more than {LARGEST_BATCH} events")
    verdicts = await run_in_threadpool(push, service, caller, body.cursor, body.events, body.stamps)
    accepted = sum(verdict.version is not None for verdict in verdicts)
    service.metrics.count_events(accepted, len(verdicts) - accepted)
    if accepted:
        service.notifier.wake(LOG)
    return Pushed(results=verdicts)


@router.get("/events", responses={200: {"model": Page}})
async def pull_events(
    service: ServiceOf,
    caller: CallerOf,
    after: Annotated[str | None, Query(max_length=100)] = None,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Response:
    """Events after a cursor, oldest first: `{"events": [{"version", "stamp", "event"}], "cursor", "more", "newest"}`.

    Where there is nothing new, the answer waits for it, up to `wait` seconds.
    """
    return Response(await news(service, caller, after, wait), media_type="application/json")


async def news(service: Service, caller: Caller, after: str | None, wait: float) -> bytes:
    """The page that `pull_events` answers with.

    Whoever may not read what came waits on: an answer before the time is over would tell that there was something.
    """
    seen, ticket = await _look(service, caller, after)
    until = time.monotonic() + wait
    while wait and not seen.found and await service.live.wait(caller, ticket, until - time.monotonic()):
        seen, ticket = await _look(service, caller, seen.cursor)
        if service.notifier.is_closed:
            break
    return seen.page


async def _look(service: Service, caller: Caller, after: str | None) -> tuple[Seen, Ticket]:
    """What is new at this moment, and a ticket for what comes later."""
    ticket = service.notifier.ticket(LOG)
    seen = await service.looks.ask(Look(caller, after))
    if seen is None:
        page, found = await run_in_threadpool(_page, service, caller, after)  # they are far behind
        seen = Seen(page, found, cursor="" if found else json.loads(page)["cursor"])
    return seen, ticket


def _page(service: Service, caller: Caller, after: str | None) -> tuple[bytes, bool]:
    """One page as JSON, and whether there is anything in it."""
    with service.database.read() as connection:
        if find_caller(connection, caller.token_hash) is None:  # revoked while it waited
            raise unauthorised()
        end = log_end(connection)
        version = check(connection, after, end)
        stamp = stamps(connection, end.epoch)
        query = (
            select(events.c.version, events.c.event)
            .where(events.c.version > version, seen_by(caller))
            .order_by(events.c.version)
            .limit(LARGEST_PAGE)
        )
        entries: list[str] = []
        size = 0
        for version, event in chain.from_iterable(connection.execute(query).partitions(_READ_AT_ONCE)):
            entries.append(entry(version, stamp.of(event), event))
            size += len(event)
            if size > _LARGEST_PAGE_BYTES:
                break
        more = len(entries) == LARGEST_PAGE or size > _LARGEST_PAGE_BYTES
        cursor = place_after(connection, end.epoch, version) if more else end
    page = page_of(entries, cursor, more=more, newest=end.version if caller.is_staff else None)
    return page.encode(), bool(entries)
