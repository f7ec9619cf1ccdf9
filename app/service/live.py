"""The requests that are under way: so many of a device wait for news at once, and none outlives its token for long."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from anyio import CancelScope, CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError

from app.service.database import Database
from app.service.notifier import Ticket
from app.service.problems import busy, too_many_waiting
from app.service.tokens import Caller, living

_log = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
"""How long after its token a request may live on."""


class LiveRequests:
    """All requests under way. Event loop's thread only."""

    def __init__(self, *, most: int, waiting_per_device: int) -> None:
        self._most = most
        self._waiting_per_device = waiting_per_device
        self._under_way = 0
        self._scopes: dict[CancelScope, str] = {}
        self._waiting: Counter[str] = Counter()

    @property
    def under_way(self) -> int:
        """How many there are."""
        return self._under_way

    @property
    def waiting(self) -> int:
        """How many of them wait for news."""
        return self._waiting.total()

    @property
    def tokens(self) -> frozenset[str]:
        """The hashes of the tokens that they came with."""
        return frozenset(self._scopes.values())

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count one. Raises a 503 problem where there are too many."""
        if self._under_way >= self._most:
            raise busy()
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    @contextmanager
    def of(self, caller: Caller) -> Iterator[CancelScope]:
        """One of this caller's: it is cancelled once their token opens nothing any more."""
        with CancelScope() as scope:
            self._scopes[scope] = caller.token_hash
            try:
                yield scope
            finally:
                del self._scopes[scope]

    async def wait(self, caller: Caller, ticket: Ticket, seconds: float) -> bool:
        """Wait for news: True once there is some. Raises a 429 problem where this device waits too often at once."""
        key = caller.token_hash
        if self._waiting[key] >= self._waiting_per_device:
            raise too_many_waiting(self._waiting_per_device)
        self._waiting[key] += 1
        try:
            return await ticket.wait(seconds)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]

    def cut(self, dead: frozenset[str]) -> None:
        """End the requests that came with these tokens."""
        for scope, token_hash in list(self._scopes.items()):
            if token_hash in dead:
                scope.cancel()


async def watch(live: LiveRequests, database: Database) -> None:
    """Cut what has lost its token, until cancelled. `bistand admin` takes access away in a process of its own."""
    limiter = CapacityLimiter(1)  # it does not queue behind what it watches
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        tokens = live.tokens
        if not tokens:
            continue
        try:
            dead = await to_thread.run_sync(_dead, database, tokens, limiter=limiter)
        except SQLAlchemyError as error:
            _log.warning("whether tokens still open anything cannot be looked up", exc_info=error)
            continue
        live.cut(dead)


def _dead(database: Database, tokens: frozenset[str]) -> frozenset[str]:
    """Those that open nothing (any more)."""
    with database.read() as connection:
        return tokens - living(connection, tokens)
