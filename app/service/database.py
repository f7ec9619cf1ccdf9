"""The service's way into its database: SQLite (WAL) by default, or PostgreSQL, which several copies can share.

Versions of events come from the row in `log`, which every push locks first, in the same transaction as its inserts:
pushes wait for each other there, so that a reader never sees a version before all smaller ones.
"""

import secrets
import threading
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from app.service import engines, schema
from app.service.errors import DatabaseError, NotScrubbedError, RestoringError
from app.service.lock import FolderLock, take
from app.service.schema import Standing
from app.service.settings import ServiceSettings
from app.service.tables import log, metadata
from app.system.paths import private_folder

CHANNEL = "bistand"
"""Where copies of the service on one PostgreSQL tell each other of news."""

# What a reader needs so that all its questions are answered as of one moment. SQLite does so by itself.
_READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """The engine and its two kinds of transaction. Blocking: the web side calls it in worker threads."""

    def __init__(self, settings: ServiceSettings, *, serves: bool = False) -> None:
        """Open it. Raises `DatabaseError`, whose text holds no password.

        Whoever `serves` from it holds its data folder against a restore. Raises `RestoringError` while there is one.
        """
        private_folder(settings.data)
        self._url = engines.read_url(settings.database_url)
        self._held = _hold(settings.data) if serves else None
        # SQLite has whoever wants to write ask again and again, and one may wait long: here they queue.
        self._turn: AbstractContextManager[object] = nullcontext() if self.is_shared else threading.Lock()
        self._me = secrets.token_hex(8)
        self._engine = engines.make_engine(self._url)
        self._reading = _READING if self.is_shared else {}
        try:
            with self._engine.connect():
                pass
        except (SQLAlchemyError, OSError) as error:
            self.close()
            raise DatabaseError(engines.what_is_wrong(error, self._url)) from None  # the cause may hold the password

    @property
    def is_shared(self) -> bool:
        """Whether other copies of the service may work on it too: then news must be announced, and listened for."""
        return self._url.get_backend_name() == engines.POSTGRESQL

    @property
    def file(self) -> Path:
        """Where a SQLite database lies."""
        return Path(str(self._url.database)).absolute()

    def standing(self) -> Standing:
        """How its tables compare with what this program needs. Raises `NewerSchemaError`."""
        with self._told(), self.read() as connection:
            return schema.standing(connection)

    def upgrade(self) -> Path | None:
        """Bring its tables to what this program needs, or change nothing at all. Any number may try at once.

        Returns where the copy lies that was made of an earlier SQLite database, or None. Raises `NewerSchemaError`
        or `DatabaseError`.
        """
        copy = None
        with self._told(), self.write() as connection:
            schema.wait_for_others(connection)
            standing = schema.standing(connection)
            if standing is Standing.EARLIER and not self.is_shared:
                copy = engines.copy_beside(self._engine, f"schema-{schema.revision(connection) or 'first'}")
            if standing is not Standing.CURRENT:
                schema.upgrade(connection)
        return copy

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one moment."""
        with self._engine.connect().execution_options(**self._reading) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; on SQLite it waits for other writers at its start, not midway.

        On PostgreSQL writers do not wait for each other: one that must finds a row to lock (`lock_log`).
        """
        with self._turn, self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def announce(self, connection: Connection, topic: Hashable) -> None:
        """Tell the other copies of the service that there is news on the topic, once the transaction is committed."""
        if self.is_shared:
            connection.execute(select(func.pg_notify(CHANNEL, f"{self._me} {topic}")))

    def heard(self, payload: str) -> str | None:
        """The topic of an announcement, as text; None where it is our own, and was told here already."""
        sender, _, topic = payload.partition(" ")
        return None if sender == self._me else topic

    def version(self) -> int:
        """The version of the newest event."""
        with self.read() as connection:
            version: int = connection.execute(select(log.c.version)).scalar_one()
            return version

    def listening_connection(self) -> psycopg.Connection:
        """A PostgreSQL connection of its own, outside the pool. Raises `psycopg.Error`."""
        return engines.connect_alone(self._url)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()
        if self._held is not None:
            self._held.release()

    def scrub(self) -> None:
        """Rewrite it, so that nothing is left on its pages of what was changed or deleted. Others wait meanwhile.

        Raises `NotScrubbedError`; what is in it stays as it is.
        """
        try:
            engines.scrub(self._engine, [table.name for table in metadata.sorted_tables])
        except (SQLAlchemyError, psycopg.Error, OSError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise NotScrubbedError(engines.what_is_wrong(error, self._url)) from None  # the cause may hold the password

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseError(engines.what_is_wrong(error, self._url)) from None  # the cause may hold the password


def _hold(data: Path) -> FolderLock:
    try:
        lock = take(data, alone=False)
    except OSError as error:
        raise DatabaseError(f"{data}: {error.strerror}") from error
    if lock is None:
        raise RestoringError(data)
    return lock


def lock_log(connection: Connection) -> None:
    """Have all others who call this wait until this transaction ends. SQLite's writers wait from their start on."""
    connection.execute(select(log.c.id).with_for_update())
