"""The service killed at every step of push, pull and blobs: what it had answered holds, and nothing is doubled."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.events import EndReason, Event, SessionEnded
from app.sync import synchroniser, transfers
from app.sync.client import Verdict
from app.sync.errors import NoServiceError
from app.system.clock import new_id
from tests.kills import KILLS, Point, needs_fork
from tests.service.kills.parts import (
    BLOB,
    Notebook,
    Service,
    Told,
    customer,
    on_both,
    prove,
    prove_store,
    write_some,
)
from tests.sync.parts import Device

pytestmark = [needs_fork, pytest.mark.timeout(120 + 2 * KILLS)]

_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_PARTS, _STORE = "app.service.blob_parts:Parts", "app.service.blob_files:BlobFolder"
_PUSH, _FINISH = "app.service.events:push", "app.service.blobs:_finish"

POINTS = (
    Point("push: a batch has come", "before", _PUSH),
    Point("push: it has the lock", "after", "app.service.push:lock_log"),
    Point("push: the second batch has come", "before", _PUSH, 2),
    Point("push: judged, nothing written", "before", "app.service.push:_Judge.write", 2),
    Point("push: all written, before the commit", "before", _COMMIT, 2, within=_PUSH),
    Point("push: committed, and nobody was told", "after", _COMMIT, 2, within=_PUSH),
    Point("push: committed and counted, nobody was woken", "after", "app.service.metrics:Metrics.count_events", 2),
    Point("pull: asked", "before", "app.service.events:_page"),
    Point("pull: a page is made", "after", "app.service.events:_page"),
    Point("pull: between two pages", "before", "app.service.events:_page", 2),
    Point("blob up: asked how much is here", "before", f"{_PARTS}.offset"),
    Point("blob up: announced, nothing of it is here", "after", "app.service.blobs:_admit"),
    Point("blob up: some of a PATCH is on the disk", "before", f"{_PARTS}.append", 2),
    Point("blob up: more of it is on the disk", "after", f"{_PARTS}.append", 2),
    Point("blob up: between two PATCHes", "before", f"{_PARTS}.offset", 3),
    Point("blob up: all is there, nothing verified", "before", f"{_PARTS}.is_right"),
    Point("blob up: verified, before the rename", "before", "pathlib:Path.replace", within=_FINISH),
    Point("blob up: after the rename", "after", "pathlib:Path.replace", within=_FINISH),
    Point("blob up: in its place, no row of it", "after", f"{_STORE}.keep"),
    Point("blob up: its row is written, before the commit", "before", _COMMIT, within=_FINISH),
    Point("blob up: committed, and nobody was told", "after", _COMMIT, within=_FINISH),
    Point("blob down: asked", "before", f"{_STORE}.read"),
    Point("blob down: some of it is on its way", "before", f"{_STORE}.read", 3),
)


@pytest.fixture(autouse=True)
def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices send in small pieces, so that a little of it takes several steps."""
    monkeypatch.setattr(transfers, "_PIECE", BLOB // 2)
    monkeypatch.setattr(transfers, "_PIECE_DOWN", BLOB // 2)
    monkeypatch.setattr(synchroniser, "_LARGEST_BATCH", 2)


@pytest.mark.parametrize(("db_once", "point"), on_both(POINTS), ids=str, indirect=["db_once"], scope="module")
def test_nothing_is_lost_and_nothing_doubled(
    service: Service, sanne: Device, tmp_path: Path, point: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_ids: list[UUID] = []
    with customer(service, tmp_path, "Kim").opened() as kim:
        for number in range(KILLS):
            case_ids.append(kim.open_case())
            kim.sync.once()
            _answer(sanne, case_ids[-1])
            notes = tmp_path / f"told {number}"
            notebook = Notebook(notes)
            write_some(kim, case_ids[-1], notebook)
            service.arm(point)
            with monkeypatch.context() as patched, suppress(NoServiceError):
                _listening(kim, notebook, patched)
                kim.sync.once()
            service.must_die(point)
            service.start()
            kim.note(case_ids[-1], "It goes on")
            kim.sync.once()
            sanne.sync.once()
            prove(service, kim, sanne, case_ids[-1], Told.read(notes))
        prove_store(kim, case_ids)


def _listening(device: Device, notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the device's program note what the service answers."""
    real = device.client.push

    def push(cursor: str | None, events: Sequence[Event], stamps: Mapping[UUID, str]) -> tuple[Verdict, ...]:
        verdicts = real(cursor, events, stamps)
        notebook.heard(verdicts)
        return verdicts

    monkeypatch.setattr(device.client, "push", push)


def _answer(sanne: Device, case_id: UUID) -> None:
    """Have something there to be fetched."""
    sanne.sync.once()
    sanne.note(case_id, "Is it plugged in?")
    recording = sanne.store.put_blob(os.urandom(BLOB))
    sanne.write(case_id, SessionEnded(session=new_id(), reason=EndReason.FAULT, seconds=1, recording=recording))
    sanne.sync.once()
