"""A backup is one moment of a service that runs, and restores to all of it, on either database, or to nothing."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.events import Audience, Certainty, DiagnosticsShared, NoteAdded
from app.service import admin
from app.service.backup import back_up
from app.service.blob_access import blobs_of
from app.service.check import check
from app.service.database import Database
from app.service.errors import (
    RestoringError,
    ServiceRunsError,
    ServiceThereError,
)
from app.service.lock import take
from app.service.restore import restore
from app.service.settings import ServiceSettings
from tests.service.filled import Filled, accepted, all_events, filled, tables_of
from tests.service.parts import Shop
from tests.service.postgres import Postgres


@pytest.fixture
def full(shop: Shop) -> Filled:
    """A shop that runs and has something of everything."""
    return filled(shop)


@pytest.fixture
def elsewhere(tmp_path: Path, postgres: Postgres, db: str | None) -> Iterator[ServiceSettings]:
    """An empty place on the other kind of database."""
    url = postgres.fresh(empty=True) if db is None else None
    yield ServiceSettings(data=tmp_path / "elsewhere", db=url)
    if url is not None:
        postgres.drop(url)


def without_epoch(tables: dict[str, list[object]]) -> dict[str, list[object]]:
    """All but the log's own row."""
    return {name: rows for name, rows in tables.items() if name != "log"}


def test_a_backup_goes_back_onto_the_other_database_with_everything(
    full: Filled, tmp_path: Path, elsewhere: ServiceSettings
) -> None:
    file = tmp_path / "backup.tar"
    told: list[tuple[int, int]] = []
    done = back_up(full.shop.settings, file, lambda *step: told.append(step))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (done.blobs, done.missing) == (5, ())
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    before = tables_of(full.shop.settings)
    seen = all_events(full.sanne)
    cursor = full.sanne.pull()["cursor"]
    full.shop.stop()
    steps: list[tuple[int, int]] = []
    back = restore(elsewhere, file, on_progress=lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert (back.events, back.kept, back.missing, back.erased) == (len(seen), None, (), 0)
    after = tables_of(elsewhere)
    assert without_epoch(after) == without_epoch(before)
    assert b"".join(blobs_of(elsewhere).read(full.blobs["recording"])) == b"asciicast of Kim" * 9
    full.shop.settings = elsewhere
    full.shop.start()
    stale = full.sanne.http.get("/v1/events", params={"after": cursor})
    assert (stale.status_code, stale.json()["type"]) == (409, "unknown-epoch")
    assert all_events(full.sanne) == seen
    assert full.kim.http.get(f"/v1/blobs/{full.blobs['report']}").content == b"report on Kim"
    note = NoteAdded(text="on", certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
    assert full.sanne.push(full.sanne.event(full.case, note))[0]["version"] == len(seen) + 1
    posted = full.lone.http.get(f"/v1/sessions/{full.session}/mail")
    assert posted.status_code == 404


def test_the_old_service_is_kept_beside_and_what_devices_still_have_comes_back(full: Filled, tmp_path: Path) -> None:
    shop = full.shop
    back_up(shop.settings, tmp_path / "backup.tar")
    note = NoteAdded(text="after the backup", certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
    later = full.lone.event(full.other, note)
    full.lone.push(later)
    admin.revoke(shop.settings, "Bo")
    before = tables_of(shop.settings)
    with pytest.raises(ServiceRunsError):
        restore(shop.settings, tmp_path / "backup.tar", replace=True)
    shop.stop()
    with pytest.raises(ServiceThereError, match="--replace"):
        restore(shop.settings, tmp_path / "backup.tar")
    assert tables_of(shop.settings) == before
    back = restore(shop.settings, tmp_path / "backup.tar", replace=True)
    assert back.kept is not None
    shop.start()
    assert "after the backup" not in str(all_events(full.lone))
    assert "version" in full.lone.push(later)[0]
    assert "after the backup" in str(all_events(full.lone))
    assert full.bo.http.get("/v1/events").status_code == 401  # sent away since the backup
    assert _kept(shop.settings, back.kept) == len(before["events"])


def _kept(settings: ServiceSettings, place: str) -> int:
    """How many events the service holds that was kept beside."""
    beside = settings if settings.db else settings.model_copy(update={"db": f"sqlite:///{place}"})
    database = Database(beside)
    table = f"{place.removeprefix('schema ')}.events" if settings.db else "events"
    with database.read() as connection:
        count: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    database.close()
    return count


def test_what_comes_while_it_is_written_is_in_the_next_one(full: Filled, tmp_path: Path) -> None:
    settings = full.shop.settings
    before = tables_of(settings)
    pushed = 0

    def push_more(_done: int, _total: int) -> None:
        nonlocal pushed
        if pushed < 5:
            report = full.lone.upload(f"report {pushed}".encode())
            accepted(
                full.lone, full.lone.event(full.other, DiagnosticsShared(findings=(), redactions=0, report=report))
            )
            pushed += 1

    back_up(settings, tmp_path / "backup.tar", push_more)
    assert len(tables_of(settings)["events"]) == len(before["events"]) + 5
    new = ServiceSettings(data=tmp_path / "new")
    restore(new, tmp_path / "backup.tar")
    assert without_epoch(tables_of(new)) == without_epoch(before)
    assert check(new, read_blobs=True).faults == ()


def test_a_service_does_not_start_while_a_backup_is_restored_there(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    lock = take(shop.settings.data, alone=True)
    assert lock is not None
    with pytest.raises(RestoringError, match="Start the service once"):
        shop.start()
    lock.release()
    shop.start()
    shop.close()
    again = take(shop.settings.data, alone=True)
    assert again is not None
    again.release()
