"""A copy of all that a service keeps, and the service set back to it."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.service import admin
from app.service.database import Database
from app.service.settings import ServiceSettings
from app.service.tables import log, metadata


@dataclass(frozen=True)
class Backup:
    """All that the service kept at a moment."""

    rows: dict[str, list[dict[str, Any]]]
    blobs: Path


def back_up(settings: ServiceSettings, blobs: Path) -> Backup:
    """Keep a copy of it all, the files in this folder, which is made. The service may run."""
    database = Database(settings)
    with database.read() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }
    database.close()
    shutil.copytree(settings.blobs, blobs) if settings.blobs.exists() else blobs.mkdir()
    return Backup(rows, blobs)


def put_back(settings: ServiceSettings, backup: Backup, *, by_hand: bool = False) -> None:
    """Put the backup in place of all that is there. By hand, nobody gives the log another epoch.

    The service does not run.
    """
    database = Database(settings)
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        for table in metadata.sorted_tables:
            if backup.rows[table.name]:
                connection.execute(insert(table), backup.rows[table.name])
        if not by_hand:
            connection.execute(update(log).values(epoch=admin.new_epoch()))
    database.close()
    shutil.rmtree(settings.blobs, ignore_errors=True)
    shutil.copytree(backup.blobs, settings.blobs)
