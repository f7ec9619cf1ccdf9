"""Moves a service from one database to another, SQLite and PostgreSQL alike. Blobs stay where they are."""

from sqlalchemy import Connection, Table, func, insert, select, text, update

from app.service.admin import new_epoch, opened, provider_of
from app.service.database import Database, lock_log
from app.service.engines import POSTGRESQL
from app.service.errors import NotEmptyError
from app.service.settings import ServiceSettings
from app.service.tables import log, mail, metadata

_ROWS_AT_ONCE = 1000


def move(settings: ServiceSettings, target_db: str) -> dict[str, int]:
    """Copy everything into an empty database, all of it or nothing. Returns how many rows each table has.

    The old one stays as it is. The new log has an epoch of its own: devices read it from its start. Raises
    `NotEmptyError`, and what `opened` raises.
    """
    source = opened(settings)
    try:
        target = Database(settings.model_copy(update={"db": target_db}))
        try:
            return _move(source, target)
        finally:
            target.close()
    finally:
        source.close()


def _move(source: Database, target: Database) -> dict[str, int]:
    if provider_of(target) is not None:
        raise NotEmptyError
    target.upgrade()
    with source.write() as reading, target.write() as writing:
        lock_log(reading)  # nobody pushes meanwhile
        counts = {table.name: _copy(table, reading, writing) for table in metadata.sorted_tables}
        writing.execute(update(log).values(epoch=new_epoch()))
        if writing.dialect.name == POSTGRESQL:
            number_on(writing)
    return counts


def _copy(table: Table, reading: Connection, writing: Connection) -> int:
    count = 0
    rows = reading.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
    for some in rows.mappings().partitions():
        writing.execute(insert(table), [dict(row) for row in some])
        count += len(some)
    return count


def number_on(connection: Connection) -> None:
    """On PostgreSQL, letters that come now get numbers after those that were moved."""
    newest = connection.execute(select(func.max(mail.c.id))).scalar_one()
    if newest is not None:
        connection.execute(text("SELECT setval(pg_get_serial_sequence('mail', 'id'), :newest)"), {"newest": newest})
