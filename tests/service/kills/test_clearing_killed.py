"""The service killed at every step of clearing away files: what an event names stays whole, and the rest goes later."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.events import DiagnosticsShared
from app.service.blob_choice import open_store
from app.service.blob_parts import Parts
from app.service.check import check
from app.sync import transfers
from tests.kills import KILLS, Point, needs_fork
from tests.service.kills.parts import BLOB, Service, Told, customer, on_both, prove, prove_store
from tests.service.parts import SetClock, collect_orphans
from tests.sync.parts import Device
from tests.sync.test_transfers import StoppedError
from tests.sync.test_transfers import Told as Stopping

pytestmark = [needs_fork, pytest.mark.timeout(120 + 4 * KILLS)]

_ORPHANS = "app.service.orphans:Orphans"
_COMMIT = "sqlalchemy.engine.default:DefaultDialect.do_commit"
_REMOVE = "app.service.blob_files:BlobFolder.remove"

POINTS = (
    Point("clearing: nothing is gone", "before", f"{_ORPHANS}._drop_arrivals"),
    Point("clearing: what came of an upload is gone, its row not", "after", "app.service.blob_parts:Parts.discard"),
    Point("clearing: that row too, before the commit", "before", _COMMIT, within=f"{_ORPHANS}._drop_arrivals"),
    Point("clearing: uploads that paused are gone", "after", f"{_ORPHANS}._drop_arrivals"),
    Point("clearing: blobs are noted, before the commit", "before", _COMMIT, 2, within=f"{_ORPHANS}._condemn"),
    Point("clearing: blobs are noted, none is gone", "after", f"{_ORPHANS}._condemn"),
    Point("clearing: a file is about to go", "before", _REMOVE),
    Point("clearing: a file is gone, its note not", "after", _REMOVE),
    Point("clearing: its note too, before the commit", "before", _COMMIT, within=f"{_ORPHANS}._remove_one"),
    Point("clearing: one is gone, the next is noted", "after", f"{_ORPHANS}._remove_one"),
    Point("clearing: the second file is gone, its note not", "after", _REMOVE, 2),
)


@pytest.fixture(autouse=True)
def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices send in small pieces."""
    monkeypatch.setattr(transfers, "_PIECE", BLOB // 2)


@dataclass(frozen=True)
class Left:
    """What is at the service: a file that an event names, two that none does, and one of which not all has come."""

    named: str
    wanted: str
    unnamed: str
    begun: str

    @classmethod
    def by(cls, device: Device, case_id: UUID) -> "Left":
        """The service has these of this device."""
        named = device.store.put_blob(os.urandom(BLOB))
        device.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=named))
        wanted, unnamed = (device.store.put_blob(os.urandom(BLOB)) for _ in range(2))
        device.sync.once()
        begun = os.urandom(BLOB)
        with suppress(StoppedError):
            transfers.send_blob(device.client.http, begun, Stopping(stop_at=BLOB // 2))
        return cls(named, wanted, unnamed, device.store.put_blob(begun))


@pytest.mark.parametrize(("db_once", "point"), on_both(POINTS, every=4), ids=str, indirect=["db_once"], scope="module")
def test_what_is_named_stays_and_what_is_wanted_again_comes_again(
    service: Service, sanne: Device, tmp_path: Path, point: Point
) -> None:
    case_ids = []
    later = SetClock()
    later.moment = datetime.now(UTC) + timedelta(days=8)
    with customer(service, tmp_path, "Kim").opened() as kim:
        for _ in range(KILLS):
            case_ids.append(kim.open_case())
            left = Left.by(kim, case_ids[-1])
            service.arm(point)
            service.collect(later)
            service.must_die(point)
            service.start()
            kim.write(case_ids[-1], DiagnosticsShared(findings=(), redactions=0, report=left.wanted))
            kim.sync.once()
            sanne.sync.once()
            prove(service, kim, sanne, case_ids[-1], Told())
            collect_orphans(service.settings, later)
            kept = {blob.sha256 for blob in open_store(service.settings).listing()}
            assert kept >= {left.named, left.wanted}
            assert not kept & {left.unnamed, left.begun}
            assert list(Parts(service.settings.parts).listing()) == []
            assert check(service.settings).faults == ()
            sanne.sync.once()
        prove_store(kim, case_ids)
