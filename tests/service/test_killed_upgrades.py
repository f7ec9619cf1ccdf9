"""The service killed amid the upgrade of its database: that is as it was or as it is to be, the copy whole or none."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.service.database import Database
from app.service.moving import move
from app.service.settings import ServiceSettings
from tests.kills import KILLS, Point, arm, must_die, needs_fork, start, usual
from tests.service.postgres import Postgres
from tests.service.test_schema import MADE_BEFORE, copies, rows
from tests.service.to_come import must_be_upgraded, upgrade, upgrade_elsewhere

pytestmark = [needs_fork, pytest.mark.timeout(120 + KILLS)]

_COPY = "app.service.engines:copy_beside"
_STEP = "alembic.runtime.migration:HeadMaintainer.update_to_step"
_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_UPGRADE = "app.service.database:Database.upgrade"

COPYING = (
    Point("before the copy", "before", _COPY),
    Point("the copy is begun", "before", "app.service.engines:_vacuum_into"),
    Point("the copy is whole and not on the disk", "after", "app.service.engines:_vacuum_into"),
    Point("the copy is whole and not in its place", "before", "pathlib:Path.rename", within=_COPY),
    Point("between the copy and the first migration", "after", _COPY),
)
MIGRATING = (
    Point("upgrades wait for each other", "after", "app.service.schema:wait_for_others"),
    Point("before the first migration", "before", "app.service.schema:upgrade"),
    Point("a migration is done and not noted", "before", _STEP),
    Point("between two migrations", "after", _STEP),
    Point("all migrations done, before the commit", "after", "app.service.schema:upgrade"),
    Point("before the commit itself", "before", _COMMIT, within=_UPGRADE),
    Point("committed", "after", _COMMIT, within=_UPGRADE),
)


def upgrade_and_die(settings: ServiceSettings, point: Point) -> None:
    """A program that knows two migrations more, in a process of its own."""
    arm(point)
    upgrade(settings)


@pytest.mark.parametrize("point", usual(COPYING + MIGRATING), ids=str)
def test_on_sqlite_it_is_made_at_the_next_start(tmp_path: Path, point: Point) -> None:
    before = rows(MADE_BEFORE)
    for number in range(KILLS):
        settings = ServiceSettings(data=tmp_path / str(number))
        settings.data.mkdir()
        shutil.copy(MADE_BEFORE, settings.data / "service.db")
        must_die(start(upgrade_and_die, settings, point), point)
        if point.name != "committed":
            assert rows(settings.data / "service.db") == before
        assert all(rows(copy) == before for copy in copies(settings))
        upgrade_elsewhere(settings)
        assert copies(settings)
        assert all(rows(copy) == before for copy in copies(settings))
        assert not list(settings.data.glob(".service.db*"))
        must_be_upgraded(settings, len(before["events"]))
        with closing(sqlite3.connect(settings.data / "service.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("point", usual(MIGRATING), ids=str)
def test_on_postgresql_it_is_made_at_the_next_start(tmp_path: Path, postgres: Postgres, point: Point) -> None:
    kept = ServiceSettings(data=tmp_path, db=_moved(tmp_path, postgres))
    for _ in range(KILLS):
        settings = kept.model_copy(update={"db": postgres.copy(str(kept.db))})
        must_die(start(upgrade_and_die, settings, point), point)
        upgrade_elsewhere(settings)
        must_be_upgraded(settings, 5)
        postgres.drop(str(settings.db))
    postgres.drop(str(kept.db))


def _moved(tmp_path: Path, postgres: Postgres) -> str:
    """The earlier program's database, on PostgreSQL."""
    source = ServiceSettings(data=tmp_path / "source")
    source.data.mkdir()
    shutil.copy(MADE_BEFORE, source.data / "service.db")
    database = Database(source)
    database.upgrade()
    database.close()
    url = postgres.fresh(empty=True)
    move(source, url)
    return url
