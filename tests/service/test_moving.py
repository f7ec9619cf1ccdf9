"""From one database to the other, with everything."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.domain.events import Audience, Certainty, NoteAdded
from app.service import admin
from app.service.database import Database
from app.service.errors import EarlierSchemaError, NotEmptyError, NotSetUpError
from app.service.moving import move
from app.service.settings import ServiceSettings
from app.service.tables import log, metadata
from tests.service.parts import KEY, NotedRelay, Person, Shop, letter
from tests.service.postgres import Postgres


def rows(settings: ServiceSettings) -> dict[str, list[Any]]:
    """All that a database holds, but for the log's epoch."""
    database = Database(settings)
    with database.read() as connection:
        found = {
            table.name: sorted(map(tuple, connection.execute(select(*columns_of(table)))), key=repr)
            for table in metadata.sorted_tables
        }
    database.close()
    return found


def columns_of(table: Any) -> list[Any]:
    """All columns but the epoch."""
    return [column for column in table.columns if column is not log.c.epoch]


def busy(shop: Shop) -> tuple[Person, Person, UUID, UUID]:
    """Have something in every table."""
    kim, sanne = shop.customer("Kim Møller"), shop.technician("Sanne ☎")
    shop.relay_machine("east")
    case_id, session = kim.open_case("Skærmen er sort 𝄞"), uuid4()
    note = NoteAdded(text="\x00½ \u2028", certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER)
    kim.upload(b"a report")
    sanne.push(*(sanne.event(case_id, note) for _ in range(400)))
    kim.http.post("/v1/sessions", json={"session": str(session), "case": str(case_id), "key": KEY})
    for _ in range(3):
        kim.http.post(f"/v1/sessions/{session}/mail", json=letter(bytes(range(256))))
    return kim, sanne, case_id, session


def test_everything_goes_along_there_and_back(tmp_path: Path, postgres: Postgres) -> None:
    shop = Shop(tmp_path, NotedRelay()).start()
    kim, sanne, case_id, session = busy(shop)
    cursor = sanne.pull()["cursor"]
    shop.stop()
    there, back = postgres.fresh(empty=True), f"sqlite:///{tmp_path}/back.db"
    before = rows(shop.settings)
    counts = move(shop.settings, there)
    assert counts["events"] == 401
    assert counts == {name: len(found) for name, found in before.items()}
    on_postgresql = shop.settings.model_copy(update={"db": there})
    assert rows(on_postgresql) == before == rows(shop.settings)
    move(on_postgresql, back)
    assert rows(shop.settings.model_copy(update={"db": back})) == before
    for db in (there, back):
        shop.settings = shop.settings.model_copy(update={"db": db})
        shop.start()
        stale = sanne.http.get("/v1/events", params={"after": cursor})
        assert (stale.status_code, stale.json()["type"]) == (409, "unknown-epoch")
        assert len(sanne.pull()["events"]) == 401
        again = sanne.event(case_id, NoteAdded(text="On", certainty=Certainty.VERIFIED, audience=Audience.INTERNAL))
        assert sanne.push(again)[0]["version"] == 402
        posted = kim.http.post(f"/v1/sessions/{session}/mail", json=letter(b"on"))
        assert (posted.status_code, posted.json()["id"]) == (201, 4)
        shop.stop()
    shop.close()
    postgres.drop(there)


def test_nothing_is_moved_onto_another_service(tmp_path: Path, db: str | None) -> None:
    settings = ServiceSettings(data=tmp_path / "service", db=db)
    admin.init(settings, "The Shop")
    taken = settings.model_copy(update={"db": f"sqlite:///{tmp_path}/taken.db"})
    admin.init(taken, "Another Shop")
    before = rows(taken)
    with pytest.raises(NotEmptyError, match="Nothing was changed"):
        move(settings, str(taken.db))
    with pytest.raises(NotEmptyError, match="Nothing was changed"):
        move(settings, settings.database_url)
    assert rows(taken) == before


def test_a_move_that_breaks_off_can_be_made_again(tmp_path: Path, db: str | None) -> None:
    settings = ServiceSettings(data=tmp_path / "service", db=db)
    admin.init(settings, "The Shop")
    admin.add_technician(settings, "Sanne")
    target = settings.model_copy(update={"db": f"sqlite:///{tmp_path}/target.db"})
    database = Database(target)
    database.upgrade()
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON codes BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(Exception, match="full"):
        move(settings, str(target.db))
    assert {len(found) for found in rows(target).values()} == {0}
    with database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    database.close()
    assert move(settings, str(target.db))["people"] == 1


def test_what_is_not_set_up_or_of_an_earlier_program_is_not_moved(tmp_path: Path) -> None:
    settings = ServiceSettings(data=tmp_path)
    with pytest.raises(NotSetUpError):
        move(settings, f"sqlite:///{tmp_path}/target.db")
    (tmp_path / "service.db").write_bytes((Path(__file__).parent / "made_before" / "service.db").read_bytes())
    with pytest.raises(EarlierSchemaError):
        move(settings, f"sqlite:///{tmp_path}/target.db")
