"""Every schema that was released is brought up to this program's, and to those to come, with all that is in it."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, create_engine, insert, select

from app.service import schema
from app.service.database import Database
from app.service.schema import Standing, known_revisions
from app.service.settings import ServiceSettings
from tests.kills import needs_fork
from tests.service.make_before import made_at
from tests.service.postgres import Postgres
from tests.service.test_schema import copies, rows
from tests.service.to_come import must_be_upgraded, upgrade_elsewhere


@pytest.fixture(params=known_revisions())
def revision(request: pytest.FixtureRequest) -> str:
    """Each revision that this program knows."""
    return str(request.param)


@pytest.fixture
def kept(revision: str, tmp_path: Path) -> ServiceSettings:
    """A service on SQLite as a program of that revision left it."""
    settings = ServiceSettings(data=tmp_path / "service")
    settings.data.mkdir()
    shutil.copy(made_at(revision), settings.data / "service.db")
    return settings


def revision_of(path: Path) -> str:
    """The revision that a SQLite database is at."""
    with closing(sqlite3.connect(path)) as database:
        return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_this_program_finds_all_of_it(kept: ServiceSettings, revision: str) -> None:
    assert revision_of(kept.data / "service.db") == revision
    database = Database(kept)
    copy = database.upgrade()
    assert (copy is None) == (revision == known_revisions()[0])
    assert database.standing() is Standing.CURRENT
    database.close()
    after, before = rows(kept.data / "service.db"), rows(made_at(revision))
    assert {name: len(found) for name, found in before.items()}.items() <= {
        name: len(found) for name, found in after.items()
    }.items()
    assert len(before["events"]) == 5


@needs_fork
def test_the_copy_before_the_next_upgrade_is_as_it_was(kept: ServiceSettings, revision: str) -> None:
    upgrade_elsewhere(kept)
    must_be_upgraded(kept, 5)
    (copy,) = copies(kept)
    assert revision_of(copy) == revision
    assert rows(copy) == rows(made_at(revision))
    again = kept.model_copy(update={"db": f"sqlite:///{copy}"})
    database = Database(again)
    database.upgrade()
    assert database.standing() is Standing.CURRENT
    database.close()


@needs_fork
def test_the_same_on_postgresql(postgres: Postgres, revision: str, tmp_path: Path) -> None:
    settings = ServiceSettings(data=tmp_path, db=postgres.fresh(empty=True))
    database = Database(settings)
    with database.write() as connection:
        command.upgrade(schema._config(connection), revision)
        tables = MetaData()
        tables.reflect(connection)
        _copy(made_at(revision), tables, connection.execute)
    database.upgrade()
    assert database.standing() is Standing.CURRENT
    database.close()
    upgrade_elsewhere(settings)
    must_be_upgraded(settings, 5)
    postgres.drop(str(settings.db))


def _copy(source: Path, tables: MetaData, execute: Callable[..., object]) -> None:
    """All rows of a SQLite file, into tables of the same shape."""
    engine = create_engine(f"sqlite:///{source}")
    with engine.connect() as reading:
        for table in tables.sorted_tables:
            found = [dict(row) for row in reading.execute(select(table)).mappings()]
            if found and table.name != "alembic_version":
                execute(insert(table), found)
    engine.dispose()
