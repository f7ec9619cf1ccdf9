"""A device's program or the service killed at every step of giving back what an older backup lacks: all of it comes."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain.events import DiagnosticsShared, EndReason, SessionEnded
from app.sync import synchroniser, transfers
from app.sync.errors import NoServiceError
from tests.kills import KILLS, Point, must_die, needs_fork, start
from tests.service.kills.parts import (
    BLOB,
    PUSH,
    Home,
    Service,
    Told,
    armed,
    customer,
    on_both,
    prove,
    prove_store,
    technician,
)
from tests.sync.parts import Device

pytestmark = [needs_fork, pytest.mark.timeout(120 + 8 * KILLS)]

_STORE, _LOG = "app.store.store:Store", "app.store.log"
_GIVE = "app.sync.synchroniser:Synchroniser._give_back"
_READ, _SEND = "app.sync.http:_read", "app.sync.uploads:send_blob"

OF_A_DEVICE = (
    Point("back: another log is seen, nothing is begun", "before", f"{_STORE}.start_over"),
    Point("back: all is lost, before the commit", "after", f"{_LOG}:lose_all"),
    Point("back: the reading begins anew", "after", f"{_STORE}.start_over"),
    Point("back: a page that tells what is not lost, before the commit", "after", f"{_LOG}:set_cursor", 2),
    Point("back: all is read anew, nothing is given", "before", _GIVE),
    Point("back: what is lost is found", "after", f"{_STORE}.lost"),
    Point("back: a file is brought, none of the events", "after", _SEND, within=_GIVE),
    Point("back: before a batch is sent", "before", PUSH, within=_GIVE),
    Point("back: while the answer comes", "before", _READ, within=PUSH),
    Point("back: between the answer and keeping it", "after", PUSH, within=_GIVE),
    Point("back: kept, before the commit", "after", f"{_LOG}:accept", within=_GIVE),
    Point("back: a batch is kept, the next waits", "after", f"{_STORE}.accept", within=_GIVE),
    Point("back: the second batch is answered", "after", PUSH, 2, within=_GIVE),
    Point("back: all is given", "after", _GIVE),
)

_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_TAKE_IN, _TAKE_BACK = "app.service.events:push", "app.service.push:_Judge._take_back"
_FINISH = "app.service.blobs:_finish"

OF_THE_SERVICE = (
    Point("back: asked with a cursor of another log", "before", "app.service.looks:_seen"),
    Point("back: a page is made for whoever begins anew", "after", "app.service.events:_page"),
    Point("back: a file is here again, before the rename", "before", "pathlib:Path.replace", within=_FINISH),
    Point("back: a file is here again, and nobody was told", "after", _FINISH),
    Point("back: a batch has come", "before", _TAKE_IN),
    Point("back: one is about to be taken back", "before", _TAKE_BACK),
    Point("back: two are judged, nothing is written", "after", _TAKE_BACK, 2),
    Point("back: all written, before the commit", "before", _COMMIT, within=_TAKE_IN),
    Point("back: committed, and nobody was told", "after", _COMMIT, within=_TAKE_IN),
    Point("back: the second batch has come", "before", _TAKE_IN, 2),
)


_MOST_IN_A_ROW = 10
"""How many kills meet the same log: devices read it whole again each time, three events at once."""

_GROUPS = [min(_MOST_IN_A_ROW, KILLS - done) for done in range(0, KILLS, _MOST_IN_A_ROW)]


@pytest.fixture
def new_homes(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[Home, Home, Path]]:
    """Makes a customer's and a technician's home, and a folder. Their programs send in small pieces and batches.

    Where each point is met often the log begins anew.
    """
    monkeypatch.setattr(transfers, "_PIECE", BLOB // 2)
    monkeypatch.setattr(transfers, "_PIECE_DOWN", BLOB // 2)
    monkeypatch.setattr(synchroniser, "_LARGEST_BATCH", 2)

    def make() -> tuple[Home, Home, Path]:
        if KILLS > 1:
            service.set_back(service.first)
        folder = tmp_path / str(uuid4())
        folder.mkdir()
        return customer(service, folder, "Kim"), technician(service, folder, f"Sanne {uuid4()}"), folder

    return make


def work_until_set_back(service: Service, kim: Device, sanne: Device) -> UUID:
    """A case of which the service loses all but the first event, after all sides had all of it."""
    case_id = kim.open_case()
    kim.sync.once()
    backup = service.back_up()
    sanne.sync.once()
    sanne.note(case_id, "Is it plugged in?")
    recording = sanne.store.put_blob(os.urandom(BLOB))
    sanne.write(case_id, SessionEnded(session=uuid4(), reason=EndReason.FAULT, seconds=1, recording=recording))
    sanne.sync.once()
    kim.note(case_id, "It is")
    report = kim.store.put_blob(os.urandom(BLOB))
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=report))
    kim.sync.once()
    sanne.sync.once()
    service.set_back(backup)
    assert len(service.log(case_id)) == 1
    return case_id


def sync_until_killed(home: Home, case_id: UUID, notes: Path, point: Point) -> None:
    """A program that writes and syncs, in a process of its own."""
    notebook = armed(notes, point)
    with home.opened() as device:
        notebook.note("written", device.note(case_id, "Written before the setback is noticed").id)
        device.sync.once()


def all_have_all(service: Service, kim: Device, sanne: Device, case_id: UUID, told: Told) -> None:
    """After a sync of each, whatever was cut off before, nothing is lost, doubled or refused."""
    for device in (kim, sanne, kim):
        device.sync.once()
    prove(service, kim, sanne, case_id, told)
    assert not kim.store.refused()
    assert not sanne.store.refused()
    assert not kim.store.lost(1)
    assert not sanne.store.lost(1)


@pytest.mark.parametrize(
    ("db_once", "point"), on_both(OF_A_DEVICE, every=5), ids=str, indirect=["db_once"], scope="module"
)
def test_a_device_that_is_killed_gives_back_the_rest_later(
    service: Service, new_homes: Callable[[], tuple[Home, Home, Path]], point: Point
) -> None:
    for kills in _GROUPS:
        home, other, folder = new_homes()
        case_ids = []
        for number in range(kills):
            notes = folder / f"told {number}"
            with home.opened() as kim, other.opened() as sanne:
                case_ids.append(work_until_set_back(service, kim, sanne))
            must_die(start(sync_until_killed, home, case_ids[-1], notes, point), point)
            with home.opened() as kim, other.opened() as sanne:
                all_have_all(service, kim, sanne, case_ids[-1], Told.read(notes))
                assert len(kim.store.case(case_ids[-1]).timeline) == 6
        with home.opened() as kim:
            prove_store(kim, case_ids)


@pytest.mark.parametrize(
    ("db_once", "point"), on_both(OF_THE_SERVICE, every=5), ids=str, indirect=["db_once"], scope="module"
)
def test_a_service_that_is_killed_gets_the_rest_later(
    service: Service, new_homes: Callable[[], tuple[Home, Home, Path]], point: Point
) -> None:
    for kills in _GROUPS:
        home, other, _ = new_homes()
        with home.opened() as kim, other.opened() as sanne:
            case_ids = []
            for _ in range(kills):
                case_ids.append(work_until_set_back(service, kim, sanne))
                service.arm(point)
                with suppress(NoServiceError):
                    kim.sync.once()
                service.must_die(point)
                service.start()
                all_have_all(service, kim, sanne, case_ids[-1], Told())
                assert len(kim.store.case(case_ids[-1]).timeline) == 5
            prove_store(kim, case_ids)
