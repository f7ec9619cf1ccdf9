"""What is told of a PostgreSQL that cannot be used: what is wrong, and never a password."""

import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.service import admin
from app.service.database import Database
from app.service.errors import DatabaseError
from app.service.settings import ServiceSettings
from app.service.tables import people
from tests.service.postgres import Postgres, name_of

SECRET = "hunter2"
QUOTED = "s3cret%2Fof%3Aa%40test"


def refused(data: Path, db: str) -> str:
    """What is told of it; a whole report of the error would not tell the password either."""
    settings = ServiceSettings(data=data, db=db)
    with pytest.raises(DatabaseError, match="database cannot be opened") as caught:
        admin.init(settings, "x")
    report = "".join(traceback.format_exception(caught.value)) + repr(settings)
    assert SECRET not in report
    assert "s3cret" not in report
    return str(caught.value)


def on_tcp(postgres: Postgres, name: str, login: str) -> str:
    """A URL over 127.0.0.1, where a password is wanted."""
    return f"postgresql://{login}@127.0.0.1:{postgres.port}/{name}"


def test_the_right_password_opens_it(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh(empty=True)
    settings = ServiceSettings(data=tmp_path, db=on_tcp(postgres, name_of(url), f"bistand:{QUOTED}"))
    admin.init(settings, "The Shop")
    assert admin.add_technician(settings, "Sanne")
    postgres.drop(url)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = refused(tmp_path, f"postgresql://anna:{SECRET}@127.0.0.1:1/shop")
    assert "no PostgreSQL answers at 127.0.0.1 port 1 (" in told
    assert "refused" in told
    told = refused(tmp_path, f"postgresql://anna:{SECRET}@/shop?host={tmp_path}")
    assert f"no PostgreSQL answers at {tmp_path} port 5432 (" in told
    assert "No such file" in told
    told = refused(tmp_path, f"postgresql://anna:{SECRET}@no-such-host.invalid/shop")
    assert "no PostgreSQL answers at no-such-host.invalid port 5432 (" in told


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("bistand:hunter2", "does not let the user “bistand” in (password authentication failed"),
        ("bistand", "does not let the user “bistand” in ("),
        ("nobody:hunter2", "does not let the user “nobody” in (password authentication failed"),
    ],
)
def test_a_login_that_fails_is_told(postgres: Postgres, tmp_path: Path, login: str, expected: str) -> None:
    assert expected in refused(tmp_path, on_tcp(postgres, "postgres", login))


def test_a_database_that_is_not_there_is_told(postgres: Postgres, tmp_path: Path) -> None:
    told = refused(tmp_path, on_tcp(postgres, "no_such", f"bistand:{QUOTED}"))
    assert f"the PostgreSQL at 127.0.0.1 port {postgres.port} has no database “no_such”; `createdb` makes one" in told


def test_a_user_who_may_make_no_tables_is_told(postgres: Postgres, tmp_path: Path) -> None:
    postgres.say("CREATE DATABASE {}", "somebody_elses")
    postgres.say("REVOKE ALL ON DATABASE {} FROM PUBLIC", "somebody_elses")
    assert "permission denied for database" in refused(tmp_path, postgres.url("somebody_elses"))
    postgres.say("GRANT CONNECT ON DATABASE {} TO bistand", "somebody_elses")
    with postgres.connected("somebody_elses") as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    assert "“bistand” may not make tables there; let them own" in refused(tmp_path, postgres.url("somebody_elses"))
    postgres.say("DROP DATABASE {}", "somebody_elses")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://anna:{SECRET}/x@127.0.0.1/shop",
        f"postgresql://anna:x@{SECRET}@127.0.0.1/shop",
        f"postgresql://anna:x@127.0.0.1:{SECRET}/shop",
        f"postgresql://anna:{SECRET}@127.0.0.1",
        f"postgresql+psycopg2://anna:{SECRET}@127.0.0.1/shop",
        f"mysql://anna:{SECRET}@127.0.0.1/shop",
        f"postgresql://anna@127.0.0.1:1/shop?password={SECRET}",
        f"postgresql://anna:{SECRET}@{SECRET}.invalid/shop",
        f"postgresql://anna@127.0.0.1:1/shop?nonsense={SECRET}",
        f"{SECRET}",
    ],
)
def test_a_password_in_a_url_is_never_told_however_it_is_mistyped(tmp_path: Path, url: str) -> None:
    assert refused(tmp_path, url)


@pytest.mark.parametrize("command", [["serve", "--no-relay"], ["admin", "move", "--to", "x"]])
def test_the_commands_say_it_in_a_line(home: Path, command: list[str]) -> None:
    words = [sys.executable, "-m", "app.cli.main", *command, "--db", f"postgresql://anna:{SECRET}@127.0.0.1:1/shop"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "bistand: The service's database cannot be opened: no PostgreSQL answers at 127.0.0.1"
    )
    assert done.stderr.count("\n") == 1
    assert SECRET not in done.stdout + done.stderr


def test_what_people_wrote_stands_in_no_error_of_a_statement(tmp_path: Path, db: str | None) -> None:
    settings = ServiceSettings(data=tmp_path, db=db)
    admin.init(settings, "The Shop")
    database = Database(settings)
    values = {"id": uuid4(), "role": "technician", "made_at": datetime.now(UTC)}
    with database.write() as connection:
        connection.execute(insert(people).values(name="the first", **values))
        with pytest.raises(IntegrityError) as caught:
            connection.execute(insert(people).values(name=SECRET, **values))
    database.close()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
