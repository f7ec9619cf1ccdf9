"""The service's web side: its routes, put together. Everything under /v1 is closed to whoever has no token."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.service import blobs, events, mail, people, relays, sessions, watching
from app.service.admin import provider_name
from app.service.blob_choice import open_store
from app.service.blob_parts import Parts
from app.service.broker import RelayBroker
from app.service.context import Service
from app.service.database import Database
from app.service.errors import NotSetUpError, ServiceError
from app.service.guard import Guard, callers
from app.service.limits import HOUR, RateLimit
from app.service.live import LiveRequests, watch
from app.service.looks import look
from app.service.measure import Measure
from app.service.metrics import Metrics
from app.service.news import Listener
from app.service.notifier import Notifier
from app.service.numbers import Numbers
from app.service.orphans import Orphans, keep_collecting
from app.service.problems import PROBLEMS, tell_problems
from app.service.readiness import Readiness
from app.service.relay import OwnRelay
from app.service.schema import Standing
from app.service.settings import ServiceSettings
from app.service.shared_stations import stations_of
from app.service.shortcut import Shortcut
from app.service.templates import name_routes
from app.service.together import Together
from app.system.clock import Clock, SystemClock

_log = logging.getLogger(__name__)
_STORING = 16  # how many may wait for the store of files at once
_RELAYING = 32  # how many offers and joins may wait for a relay at once; others wait their turn


def create_app(settings: ServiceSettings, relay: OwnRelay | None, clock: Clock | None = None) -> FastAPI:
    """The service over its database. `relay` is the one in this program, or None: then further ones do it.

    An earlier program's tables are upgraded, a SQLite database after a copy was made beside it. Raises `NotSetUpError`,
    `NewerSchemaError`, `DatabaseError`, or `BlobStoreError` where files could not be kept. The database is let go of
    when the app's life ends.
    """
    service = _build(settings, relay, clock or SystemClock())

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        listener = Listener(service.database, service.notifier, asyncio.get_running_loop())
        listener.start()
        orphans = Orphans(service.database, service.store, service.parts, service.clock)
        tasks = [
            asyncio.create_task(watch(service.live, service.database)),
            asyncio.create_task(keep_collecting(orphans)),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await run_in_threadpool(listener.close)
        service.database.close()

    app = FastAPI(
        title="Bistand",
        version="1",
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its page would fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=life,
        responses=PROBLEMS,
    )
    app.state.service = service
    for room in (people, events, blobs, sessions, mail, relays):
        app.include_router(room.router, prefix="/v1")
    app.include_router(watching.router)
    name_routes(app)
    tell_problems(app)
    app.add_middleware(Shortcut, service=service, web=app)
    app.add_middleware(Guard, service=service)
    app.add_middleware(Measure, metrics=service.metrics)
    return app


def _build(settings: ServiceSettings, relay: OwnRelay | None, clock: Clock) -> Service:
    database = Database(settings, serves=True)
    try:
        if database.standing() is Standing.EMPTY:
            raise NotSetUpError
        copy = database.upgrade()
        if copy is not None:
            _log.warning("the database was upgraded; as it was before it lies in %s", copy)
        provider = provider_name(database)
        store = open_store(settings)
        store.try_out()
    except ServiceError:
        database.close()
        raise
    stations, notifier = stations_of(database), Notifier()
    live = LiveRequests(most=settings.max_requests, waiting_per_device=settings.waiting_per_device)
    metrics = Metrics()
    metrics.look_up(Numbers(database, settings.data, live, relay, stations).families)
    return Service(
        settings=settings,
        database=database,
        notifier=notifier,
        relay=RelayBroker(database, relay, stations),
        stations=stations,
        clock=clock,
        provider=provider,
        enrolments=RateLimit(settings.enrolments_per_minute),
        mails=RateLimit(settings.mails_per_minute),
        requests=RateLimit(settings.requests_per_minute),
        bytes=RateLimit(settings.bytes_per_hour, seconds=HOUR),
        live=live,
        metrics=metrics,
        readiness=Readiness(database, relay, notifier, store),
        callers=Together(partial(callers, database)),
        looks=Together(partial(look, database)),
        relaying=CapacityLimiter(_RELAYING),
        store=store,
        parts=Parts(settings.parts),
        storing=CapacityLimiter(_STORING),
    )
