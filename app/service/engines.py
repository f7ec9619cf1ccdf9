"""Engines for the databases that the service runs on, and in words why one cannot be reached.

No text from here holds the URL as it was typed: a password may be in it.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from app.service.errors import DatabaseError
from app.system.paths import PRIVATE_FILE, settle

SQLITE, POSTGRESQL = "sqlite", "postgresql"
LISTENING = "bistand listening"
"""What the connection on which a running service hears of news is called among a PostgreSQL's."""
_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
# Parameters of a statement stand in no error: they are what people wrote.
_ENGINE: dict[str, Any] = {"hide_parameters": True}
_SQLITE_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 40}
# SQLite's result codes (https://sqlite.org/rescode.html): READONLY, FULL; IOERR on write, fsync, truncate, WAL index.
_SQLITE_UNWRITTEN = {8, 13, 778, 1034, 1546, 4874}
# Few enough that four copies of the service fit into what a PostgreSQL lets in by default.
_POSTGRESQL_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 12, "pool_pre_ping": True}
# What libpq is told unless the URL says otherwise, so that a network that swallows everything is noticed (seconds; ms).
_CONNECTING = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "application_name": "bistand",
}


def read_url(untrusted_url: str) -> URL:
    """The URL with its driver. Raises `DatabaseError`."""
    try:
        url = make_url(untrusted_url)
    except (ArgumentError, ValueError):
        raise DatabaseError(
            "this is no URL of a database. One is written sqlite:////FOLDER/FILE or postgresql://USER@HOST/NAME, "
            "with @ : / and % in a password as %40 %3A %2F and %25"
        ) from None  # what the cause says may hold a piece of a password
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise DatabaseError("the service runs on sqlite:// and postgresql://, and on nothing else")
    if not url.database:
        raise DatabaseError("the URL names no database")
    if "@" in (url.host or ""):
        raise DatabaseError("a password in the URL has its @ written as %40")
    return url.set(drivername=driver)


def make_engine(url: URL) -> Engine:
    """An engine for the URL. Raises `DatabaseError`."""
    if url.get_backend_name() == POSTGRESQL:
        return create_engine(url, connect_args=_connecting(url), **_POSTGRESQL_POOL, **_ENGINE)
    try:
        os.close(os.open(str(url.database), os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    except OSError as error:
        raise DatabaseError(f"{url.database}: {error.strerror}") from error
    # Transactions begin where `_begin_sqlite` says, not where the driver guesses.
    engine = create_engine(url, connect_args={"isolation_level": None}, **_SQLITE_POOL, **_ENGINE)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def connect_alone(url: URL) -> psycopg.Connection:
    """A PostgreSQL connection outside any pool, without transactions. Raises `psycopg.Error`."""
    words, named = url.get_dialect()().create_connect_args(url)
    called = {"application_name": LISTENING, "autocommit": True}
    return psycopg.connect(*words, **{**named, **_connecting(url), **called})


def copy_beside(engine: Engine, name: str) -> Path:
    """A whole copy of a SQLite database, beside it, while nobody else may write. Raises `DatabaseError`."""
    database = Path(str(engine.url.database)).absolute()
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    copy = database.with_name(f"{database.name}.{name}.{stamp}")
    draft = database.with_name(f".{database.name}.unfinished")
    try:
        draft.unlink(missing_ok=True)  # a program that was killed amid its copy left it
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        _vacuum_into(engine, draft)
        settle(draft)
        draft.rename(copy)
    except (engine.dialect.loaded_dbapi.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise DatabaseError(f"no copy could be made before the upgrade, and nothing was changed ({error})") from error
    return copy


def scrub(engine: Engine, tables: Sequence[str]) -> None:
    """Write the whole database anew, so that its file holds what is in it and nothing of what was.

    Raises the driver's errors, or `TimeoutError` where somebody reads on for so long that old pages had to stay.
    """
    if engine.dialect.name == POSTGRESQL:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(tables)}")
        return
    raw = engine.raw_connection()  # outside any transaction, as SQLite wants it
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_), *_ = cursor.fetchall()
        cursor.close()
    finally:
        raw.invalidate()  # the pragma is this connection's alone
    if busy:
        raise TimeoutError("another program reads in it all the time")


def cannot_be_written(error: Exception) -> bool:
    """Whether the database's disk is full or cannot be written, and all else is well."""
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", 0)
    return code in _SQLITE_UNWRITTEN or code & 0xFF in _SQLITE_UNWRITTEN or isinstance(cause, psycopg.errors.DiskFull)


def what_is_wrong(error: Exception, url: URL) -> str:
    """Why the database does not do as it should, in words, without a password."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).splitlines() or [type(cause).__name__]
    if url.get_backend_name() != POSTGRESQL:
        return lines[0]
    silent = isinstance(cause, psycopg.OperationalError) and "FATAL:" not in str(cause)
    text = _of_postgresql("\n".join(lines), url, silent=silent)
    return "PostgreSQL's own words are not shown: the password is in them" if _tells_password(text, url) else text


def _of_postgresql(said: str, url: URL, *, silent: bool) -> str:
    """What the owner can do something about comes first; the server's words follow."""
    own = said.splitlines()[0].rpartition("FATAL:" if "FATAL:" in said else " failed: ")[2].strip()
    if silent and "password supplied" not in said:
        return f"no PostgreSQL answers at {_place(url)} ({own})"
    if "database" in own and "does not exist" in own:
        return f"the PostgreSQL at {_place(url)} has no database “{url.database}”; `createdb` makes one"
    if any(words in said for words in ("authentication failed", "password supplied", "pg_hba.conf", "role ")):
        return f"the PostgreSQL at {_place(url)} does not let the user “{url.username or ''}” in ({own})"
    if "permission denied" in said:
        return f"the user “{url.username or ''}” may not make tables there; let them own the database ({own})"
    return f"the PostgreSQL at {_place(url)} says: {own}"


def _place(url: URL) -> str:
    host = url.host or url.query.get("host") or "this machine's socket"
    return f"{host if isinstance(host, str) else ', '.join(host)} port {url.port or 5432}"


def _tells_password(text: str, url: URL) -> bool:
    passwords = (url.password, url.query.get("password"))
    return any(str(password) in text for password in passwords if password)


def _connecting(url: URL) -> dict[str, str]:
    return {name: value for name, value in _CONNECTING.items() if name not in url.query}


def _configure_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _vacuum_into(engine: Engine, copy: Path) -> None:
    """Outside any transaction, as SQLite wants it: on the driver's own connection."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM INTO ?", (str(copy),))
        cursor.close()
    finally:
        connection.close()
