"""The schema's versions: what was made earlier is brought up without loss, what is newer is left alone."""

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app.domain.events import Audience, Certainty, NoteAdded
from app.domain.people import Author
from app.service import admin
from app.service.app import create_app
from app.service.database import Database
from app.service.errors import DatabaseError, EarlierSchemaError, NewerSchemaError, NotSetUpError
from app.service.schema import Standing, known_revisions
from app.service.settings import ServiceSettings
from app.service.tables import metadata
from tests.service.parts import Person, Shop, letter

# Made by the service as it was before revisions were kept: two technicians, one of whom is out, a customer, a relay,
# a code that waits, a case with a note, an upload, two sessions of which one is over, a letter.
MADE_BEFORE = Path(__file__).parent / "made_before" / "service.db"
EPOCH = "5addad98e65d081261d7eccd034e78b5"
KIM, SANNE = "token-1-of-a-test-shop", "token-2-of-a-test-shop"


@pytest.fixture
def earlier(tmp_path: Path) -> ServiceSettings:
    """A service as it was left by the program before this one."""
    settings = ServiceSettings(data=tmp_path / "service")
    settings.data.mkdir()
    shutil.copy(MADE_BEFORE, settings.data / "service.db")
    return settings


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path, db: str | None) -> ServiceSettings:
    """A database with nothing in it."""
    if db is not None:
        db = request.getfixturevalue("postgres").fresh(empty=True)
    return ServiceSettings(data=tmp_path / "service", db=db)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a SQLite file holds, but for the revision."""
    connection = sqlite3.connect(path)
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in names if name != "alembic_version"
        }
    finally:
        connection.close()


def copies(settings: ServiceSettings) -> list[Path]:
    """The copies that lie beside the database."""
    return sorted(settings.data.glob("service.db.schema-*"))


def test_what_an_earlier_program_made_is_upgraded_without_loss(earlier: ServiceSettings) -> None:
    before = rows(MADE_BEFORE)
    assert {name: len(found) for name, found in before.items() if name != "sqlite_sequence"} == {
        "log": 1, "people": 5, "codes": 4, "devices": 4, "events": 5, "blob_names": 1, "uploads": 1, "sessions": 2,
        "places": 2, "mail": 1,
    }  # fmt: skip
    create_app(earlier, None).state.service.database.close()
    after = rows(earlier.data / "service.db")
    assert len(after.pop("stamp_key")) == 1
    new = ("arrivals", "removals", "joinings", "orders", "stations")
    events = [(*row, "case", 0) for row in before["events"]]
    assert after == {**before, "events": events, **{table: [] for table in new}}
    (copy,) = copies(earlier)
    assert rows(copy) == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_shop_goes_on_where_it_was_after_the_upgrade(
    earlier: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(admin, "init", lambda *_: None)
        shop = Shop(earlier.data.parent)
    shop.start()
    try:
        sanne = Person(shop.url, SANNE, Author.model_validate(_author("case_taken")), UUID(int=2))
        kim = Person(shop.url, KIM, Author.model_validate(_author("case_opened")), UUID(int=1))
        assert [entry["version"] for entry in sanne.pull(f"{EPOCH}:2")["events"]] == [3, 4, 5]
        first = sanne.pull()["events"][0]["event"]
        note = NoteAdded(text="Back again", certainty=Certainty.VERIFIED, audience=Audience.CUSTOMER)
        again = sanne.push(sanne.event(UUID(first["stream_id"]), note, device_seq=4))
        assert again[0]["version"] == 6
        posted = kim.http.post(f"/v1/sessions/{UUID(int=7)}/mail", json=letter(b"still here"))
        assert (posted.status_code, posted.json()["id"]) == (201, 2)
        kim.http.close()
        sanne.http.close()
    finally:
        shop.close()


def _author(kind: str) -> object:
    connection = sqlite3.connect(MADE_BEFORE)
    try:
        (found,) = connection.execute("SELECT event FROM events WHERE kind = ?", (kind,)).fetchone()
        return json.loads(found)["author"]
    finally:
        connection.close()


def test_the_owner_can_have_it_upgraded_and_the_second_time_nothing_is_left_to_do(earlier: ServiceSettings) -> None:
    with pytest.raises(EarlierSchemaError, match="bistand admin upgrade"):
        admin.add_technician(earlier, "Eva")
    copy = admin.upgrade(earlier)
    assert [copy] == copies(earlier)
    assert admin.upgrade(earlier) is None
    assert [copy] == copies(earlier)
    assert admin.add_technician(earlier, "Eva")


def test_a_database_that_has_not_all_of_the_first_tables_gets_them(earlier: ServiceSettings) -> None:
    connection = sqlite3.connect(earlier.data / "service.db")
    connection.execute("DROP TABLE places")
    connection.close()
    admin.upgrade(earlier)
    assert rows(earlier.data / "service.db")["places"] == []


def test_there_is_no_upgrade_of_nothing(empty: ServiceSettings) -> None:
    with pytest.raises(NotSetUpError, match="admin init"):
        admin.upgrade(empty)


def test_the_migrations_make_just_the_tables_that_the_program_knows(empty: ServiceSettings) -> None:
    database = Database(empty)
    assert database.standing() is Standing.EMPTY
    assert database.upgrade() is None
    assert database.standing() is Standing.CURRENT
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path, db: str | None) -> None:
    settings = ServiceSettings(data=tmp_path / "service", db=db)
    admin.init(settings, "The Shop")
    database = Database(settings)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'n3xt'"))
    for attempt in (
        lambda: create_app(settings, None),
        lambda: admin.upgrade(settings),
        lambda: admin.init(settings, "Another"),
        lambda: admin.add_technician(settings, "Eva"),
        database.upgrade,
    ):
        with pytest.raises(NewerSchemaError, match=r"made by a newer Bistand.*'n3xt'.*Nothing was changed"):
            attempt()
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["n3xt"]
        assert connection.execute(text("SELECT count(*) FROM people")).scalar_one() == 0
    database.close()


def test_an_upgrade_that_fails_midway_has_changed_nothing(empty: ServiceSettings) -> None:
    database = Database(empty)
    with database.write() as connection:
        connection.execute(text("CREATE VIEW mail AS SELECT 1 AS id"))  # in the way of the last table
    with pytest.raises(DatabaseError):
        admin.init(empty, "The Shop")
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    with database.write() as connection:
        connection.execute(text("DROP VIEW mail"))
    database.close()
    admin.init(empty, "The Shop")


def test_where_no_copy_can_be_made_nothing_is_upgraded(
    earlier: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(DatabaseError, match=r"no copy could be made.*nothing was changed.*No space"):
            admin.upgrade(earlier)
    assert copies(earlier) == []
    with pytest.raises(EarlierSchemaError):
        admin.add_technician(earlier, "Eva")


def test_several_who_set_up_at_once_end_with_one_service(empty: ServiceSettings) -> None:
    words = [sys.executable, "-m", "app.cli.main", "admin", "init", "--data", str(empty.data), "--json"]
    words += ["--db", empty.db] if empty.db else []
    tries = [
        subprocess.Popen(
            [*words, "--name", f"Shop {number}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for number in range(3)
    ]
    said = [attempt.communicate(timeout=60) for attempt in tries]
    assert sorted(attempt.returncode for attempt in tries) == [0, 1, 1], said
    won = next(json.loads(out)["provider"] for out, _ in said if out)
    refusals = [error for _, error in said if error]
    assert all(f"This service is set up already, for “{won}”" in error for error in refusals), refusals
    database = Database(empty)
    assert admin.provider_name(database) == won
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == known_revisions()[0]
    database.close()
