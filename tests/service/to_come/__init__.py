"""Migrations of programs to come, for tests of upgrades, and how they are run: in a process of its own."""

from collections.abc import Callable
from pathlib import Path

from alembic.config import Config
from sqlalchemy import Connection, text

from app.service import schema
from app.service.database import Database
from app.service.settings import ServiceSettings
from tests.kills import PATIENCE, start, wrap

_HERE = Path(__file__).parent
_NEWEST = "to_come_2"


def upgrade(settings: ServiceSettings) -> None:
    """Upgrade the database as a program would that knows these migrations too. This process knows them from then on."""
    wrap("app.service.schema:_config", _with_those_to_come)
    database = Database(settings)
    database.upgrade()
    database.close()


def upgrade_elsewhere(settings: ServiceSettings) -> None:
    """The same in a process of its own."""
    process = start(upgrade, settings)
    process.join(PATIENCE)
    assert process.exitcode == 0


def must_be_upgraded(settings: ServiceSettings, events: int) -> None:
    """Every migration was gone through once, and no event is missing."""
    database = Database(settings)
    with database.read() as connection:
        assert schema.revision(connection) == _NEWEST
        count, length = connection.execute(text("SELECT count(*), sum(length(event)) FROM events")).one()
        assert count == events
        assert connection.execute(text("SELECT length FROM sums")).scalars().all() == [length]
    database.close()


def _with_those_to_come(config: Callable[[Connection | None], Config], connection: Connection | None = None) -> Config:
    made = config(connection)
    own = Path(str(made.get_main_option("script_location"))) / "versions"
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", f"{own}\n{_HERE}".replace("%", "%%"))
    return made
