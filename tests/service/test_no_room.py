"""A PostgreSQL whose disk is full: the service says so, keeps nothing by halves, and goes on once there is room."""

import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql

from app.domain.events import Audience, Certainty, NoteAdded
from tests.disks import filled, small_disk
from tests.service.parts import Shop, batch
from tests.service.postgres import Postgres, name_of


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk that PostgreSQL's user may reach and owns."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        with small_disk(Path(name) / "disk", 40) as folder:
            account = pwd.getpwnam("daemon")
            os.chown(folder, account.pw_uid, account.pw_gid)
            yield folder


@pytest.fixture
def url(postgres: Postgres, disk: Path) -> Iterator[str]:
    """A database that lies there."""
    with postgres.connected() as connection:
        connection.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(disk))))
    url = postgres.fresh()
    postgres.say("ALTER DATABASE {} SET TABLESPACE small", name_of(url))
    yield url
    postgres.drop(url)
    postgres.say("DROP TABLESPACE small")


def test_a_push_is_taken_once_there_is_room(url: str, disk: Path, tmp_path: Path) -> None:
    shop = Shop(tmp_path, db=url).start()
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    note = NoteAdded(text="x", certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
    events = [kim.event(case_id, note.model_copy(update={"text": os.urandom(3000).hex()})) for _ in range(50)]
    with filled(disk):
        full = kim.http.post("/v1/events", json=batch(*events))
    assert (full.status_code, full.json()["type"]) == (507, "no-room")
    assert len(kim.pull()["events"]) == 1
    assert [result["version"] for result in kim.push(*events)] == list(range(2, 52))
    shop.close()
