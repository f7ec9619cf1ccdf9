"""The service's tables and its way into them: SQLAlchemy Core, SQLite (WAL) by default, any other by its URL.

Versions of events come from the row in `log`, which every push updates first, in the same transaction as its
inserts: pushes wait for each other there, so that a reader never sees a version before all smaller ones.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from app.service.errors import DatabaseError
from app.service.settings import ServiceSettings
from app.system.paths import PRIVATE_FILE, private_folder


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database keeps no offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write it as UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it with its offset."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 40}

metadata = MetaData()

log = Table(
    "log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider", String(200), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("version", BigInteger, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

codes = Table(
    "codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("made_at", UtcTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("device", Uuid, nullable=False),
    Column("device_seq", BigInteger, nullable=False),
    Column("stream_id", Uuid, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("owner", Uuid),  # the customer whose case it is
    Column("customer_visible", Boolean, nullable=False),
    Column("event", Text, nullable=False),
    UniqueConstraint("device", "device_seq"),
    Index("events_of_a_stream", "stream_id", "version"),
    Index("events_of_an_owner", "owner", "version"),
)

blob_names = Table(
    "blob_names",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("version", ForeignKey("events.version"), primary_key=True),
)

uploads = Table(
    "uploads",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("person", ForeignKey("people.id"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("customer", ForeignKey("people.id"), nullable=False),
    Column("offered_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

places = Table(
    "places",  # the relay of a session: null is the service's own
    metadata,
    Column("session", ForeignKey("sessions.id"), primary_key=True),
    Column("relay", ForeignKey("people.id")),
)

mail = Table(
    "mail",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("from_customer", Boolean, nullable=False),
    Column("author", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("mail_of_a_session", "session", "id"),
    sqlite_autoincrement=True,  # a number is never given twice, also when old mail is gone
)


class Database:
    """The engine and its two kinds of transaction. Blocking: the web side calls it in worker threads."""

    def __init__(self, settings: ServiceSettings) -> None:
        """Open it. Raises `DatabaseError`."""
        private_folder(settings.data)
        try:
            url = make_url(settings.database_url)
            self._engine = _sqlite(url) if url.get_backend_name() == "sqlite" else create_engine(url, **_POOL)
            with self._engine.connect():
                pass
        except (SQLAlchemyError, OSError, ImportError) as error:
            raise DatabaseError(_first_line(error)) from error

    def is_set_up(self) -> bool:
        """Whether the tables are there."""
        return inspect(self._engine).has_table(log.name)

    def make_tables(self) -> None:
        """Make the tables that are not there yet."""
        metadata.create_all(self._engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one moment."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; on SQLite it waits for other writers at its start, not midway."""
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _sqlite(url: URL) -> Engine:
    """SQLite, with transactions that begin where `_begin_sqlite` says, not where the driver guesses."""
    if url.database:
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    engine = create_engine(url, connect_args={"isolation_level": None}, **_POOL)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).splitlines() or [type(error).__name__])[0]
