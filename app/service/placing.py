"""Puts a new database in the place of an old one, and the old one beside: in one step, or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from app.service import schema
from app.service.database import Database
from app.service.engines import LISTENING
from app.service.errors import BackupFileError, ServiceRunsError
from app.service.settings import ServiceSettings
from app.service.tables import metadata
from app.system.paths import settle

Fill = Callable[[Connection], None]
"""Makes the tables and what is in them, in the connection's transaction."""

_VERSIONS = "alembic_version"
_LISTENERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
)


def place(settings: ServiceSettings, fill: Fill, *, taken: bool) -> str | None:
    """Fill a new database and put it where `settings` point. Returns where the old one lies now, if it was `taken`.

    Raises `ServiceRunsError` or `BackupFileError`, and what `fill` raises: then the old one is as it was.
    """
    into = _into_sqlite if settings.database_url.startswith("sqlite") else _into_postgresql
    return into(settings, fill, taken)


def _into_sqlite(settings: ServiceSettings, fill: Fill, taken: bool) -> str | None:
    """Into a new file, which takes the old one's place at once."""
    old = _file_of(settings)
    draft = old.with_name(f"{old.name}.restoring")
    _remove(draft)
    try:
        database = Database(settings.model_copy(update={"db": f"sqlite:///{draft}"}))
        try:
            with _told(draft), database.write() as connection:
                fill(connection)
        finally:
            database.close()
        with _told(draft):
            settle(draft)
            kept = _set_aside(old) if taken else None
            for rest in ("-wal", "-shm"):
                _beside(old, rest).unlink(missing_ok=True)
            draft.replace(old)
            settle(old.parent)
        return str(kept) if kept else None
    finally:
        _remove(draft)


def _into_postgresql(settings: ServiceSettings, fill: Fill, taken: bool) -> str | None:
    """Into the same database, the old tables going into a schema of their own, all in one transaction."""
    database = Database(settings)
    try:
        with _told(settings.data), database.write() as connection:
            schema.wait_for_others(connection)
            if connection.execute(_LISTENERS, {"name": LISTENING}).scalar_one():
                raise ServiceRunsError
            kept = _tables_aside(connection, keep=taken)
            fill(connection)
        return f"schema {kept}" if kept else None
    finally:
        database.close()


def _tables_aside(connection: Connection, *, keep: bool) -> str | None:
    held = [name for name in (*metadata.tables, _VERSIONS) if inspect(connection).has_table(name)]
    if not keep:
        for name in held:
            connection.execute(text(f"DROP TABLE {name} CASCADE"))
        return None
    kept = f"replaced_{_stamp().replace('-', '_')}"
    connection.execute(text(f"CREATE SCHEMA {kept}"))
    for name in held:
        connection.execute(text(f"ALTER TABLE {name} SET SCHEMA {kept}"))
    return kept


def _set_aside(old: Path) -> Path:
    """Another name for the old file, with what its write-ahead log holds; it has both until it is replaced."""
    kept = old.with_name(f"{old.name}.replaced-{_stamp()}")
    for rest in ("-wal", "-shm"):
        if _beside(old, rest).exists():
            _beside(old, rest).replace(_beside(kept, rest))
    os.link(old, kept)
    return kept


def _file_of(settings: ServiceSettings) -> Path:
    database = settings.database_url.partition(":///")[2].partition("?")[0]
    return Path(database).absolute()


def _beside(file: Path, rest: str) -> Path:
    return file.with_name(file.name + rest)


def _remove(draft: Path) -> None:
    for rest in ("", "-wal", "-shm", "-journal"):
        _beside(draft, rest).unlink(missing_ok=True)


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What the disk or the database could not do, in our words. Nothing was replaced then."""
    try:
        yield
    except OSError as error:
        raise BackupFileError(file, error.strerror or str(error)) from error
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines() or ["no reason was given"]
        raise BackupFileError(file, said[0]) from error
