"""Whether the service can do its work: its database takes writes, its files have a place, its own relay stands open."""

import asyncio
import logging
import time
from collections.abc import Callable

from anyio import CapacityLimiter, move_on_after, to_thread
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from app.service.blob_store import BlobStore
from app.service.database import Database
from app.service.errors import BlobStoreError
from app.service.notifier import Notifier
from app.service.relay import OwnRelay
from app.service.tables import log

_log = logging.getLogger(__name__)

PATIENCE = 3.0
"""How long the database may take, and the store of files, in seconds."""
_FRESH_SECONDS = 1.0  # anybody may ask, and each look costs the disk a write


class Readiness:
    """Looks, and remembers for a second what it saw. Event loop's thread only."""

    def __init__(
        self,
        database: Database,
        relay: OwnRelay | None,
        notifier: Notifier,
        store: BlobStore,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._relay = relay
        self._notifier = notifier
        self._store = store
        self._now = now
        self._limiter = CapacityLimiter(1)  # a look that hangs keeps others from hanging, too
        self._store_limiter = CapacityLimiter(1)
        self._looking = asyncio.Lock()
        self._seen: tuple[float, str | None] | None = None

    async def fault(self) -> str | None:
        """What keeps the service from its work, as a sentence; None where nothing does."""
        if self._notifier.is_closed:
            return "The service is being stopped."
        async with self._looking:
            if self._seen is None or self._now() - self._seen[0] > _FRESH_SECONDS:
                fault = await self._look()
                self._seen = (self._now(), fault)
            return self._seen[1]

    async def _look(self) -> str | None:
        fault: str | None = f"The database took no write within {PATIENCE:.0f} s."
        with move_on_after(PATIENCE):
            fault = await to_thread.run_sync(self._write, limiter=self._limiter, abandon_on_cancel=True)
        if fault is None:
            fault = f"The place where the service keeps files did not answer within {PATIENCE:.0f} s."
            with move_on_after(PATIENCE):
                fault = await to_thread.run_sync(self._ask, limiter=self._store_limiter, abandon_on_cancel=True)
        if fault is None and self._relay is not None and not self._relay.is_open:
            fault = "The service's own relay lets nobody in: its sshd has ended."
        return fault

    def _write(self) -> str | None:
        try:
            with self._database.write() as connection:
                connection.execute(update(log).values(version=log.c.version))
        except SQLAlchemyError as error:
            _log.error("the database takes no writes", exc_info=error)
            return "The database takes no writes; the service's log says why."
        return None

    def _ask(self) -> str | None:
        try:
            self._store.check()
        except BlobStoreError as error:
            _log.error("files have no place", exc_info=error)
            return "The place where the service keeps files does not answer; the service's log says why."
        return None
