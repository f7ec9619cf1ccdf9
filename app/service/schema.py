"""The schema's versions: Alembic's migrations, run inside the program. There is no alembic.ini and no other way in."""

from enum import Enum, auto
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select

from app.service.engines import POSTGRESQL
from app.service.errors import NewerSchemaError
from app.service.tables import log

_UPGRADE_LOCK = 0x62697374  # any number, as long as nobody else in this database takes it


class Standing(Enum):
    """How a database compares with what this program needs."""

    EMPTY = auto()
    EARLIER = auto()
    CURRENT = auto()


@cache
def known_revisions() -> tuple[str, ...]:
    """All revisions that this program knows. The first is the newest, which it needs."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def revision(connection: Connection) -> str | None:
    """The revision that the database is at. None where it was made before they were kept, or is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def standing(connection: Connection) -> Standing:
    """How the database compares with what this program needs. Raises `NewerSchemaError`."""
    here = revision(connection)
    if here is None:
        return Standing.EARLIER if inspect(connection).has_table(log.name) else Standing.EMPTY
    if here not in known_revisions():
        raise NewerSchemaError(here)
    return Standing.CURRENT if here == known_revisions()[0] else Standing.EARLIER


def wait_for_others(connection: Connection) -> None:
    """Have upgrades wait for each other until their transactions end. On SQLite all writers do so anyway."""
    if connection.dialect.name == POSTGRESQL:
        connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run what is missing up to a revision, in the connection's transaction: all of it happens, or nothing."""
    command.upgrade(_config(connection), to)


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
