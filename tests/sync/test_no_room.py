"""A disk that is full or read-only in the midst of sync, here or at the service: it is told, and it costs nothing."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.domain.events import DiagnosticsShared, EndReason, SessionEnded
from app.store.errors import DiskFullError, ReadOnlyStoreError, StoreError
from app.store.store import Store
from app.sync import transfers
from app.sync.errors import ServiceRefusedError, SyncError
from app.sync.synchroniser import Synchroniser
from app.system.clock import SystemClock, new_id
from tests.disks import fail, failing_disk, filled, read_only, small_disk
from tests.service.parts import Shop
from tests.sync.parts import Device, Devices
from tests.sync.test_loop import looping, wait_until
from tests.sync.test_synchroniser import settle

_KEY = "5e" * 32
_NOTE = "x" * 2000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    with small_disk(tmp_path / "disk", 12) as folder:
        yield folder


@pytest.fixture
def shop_on_disk(disk: Path) -> Iterator[Shop]:
    """A service whose data lies on the small disk, and that may fill it."""
    shop = Shop(disk, min_free=0).start()
    yield shop
    shop.close()


@pytest.fixture
def at_the_shop(shop_on_disk: Shop, tmp_path: Path) -> Iterator[Devices]:
    """Devices of that service's people, whose disks are large enough."""
    devices = Devices(shop_on_disk, tmp_path)
    yield devices
    devices.close()


@pytest.fixture
def kim(devices: Devices, disk: Path) -> Iterator[Device]:
    """A customer whose store lies on the small disk."""
    device = _moved(devices.customer("Kim"), disk)
    yield device
    device.store.close()


def _moved(device: Device, folder: Path) -> Device:
    """The same device, with an empty store in this folder."""
    device.store.close()
    device.store = Store(folder / "store.db", _KEY, device=device.store.device, clock=SystemClock())
    return device


def _report(device: Device, case_id: UUID, size: int) -> str:
    sha256 = device.store.put_blob(os.urandom(size))
    device.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
    return sha256


def _same(case_id: UUID, one: Device, other: Device, events: int) -> None:
    """Both have the whole case, each event once, and their stores are whole."""
    assert one.store.case(case_id) == other.store.case(case_id)
    assert len(one.store.case(case_id).timeline) == events
    assert not one.store.refused()
    for device in (one, other):
        device.store.check()
        assert device.store.rebuild().differences == ()


def test_a_full_disk_amid_a_pull_is_told_and_it_goes_on_by_itself_once_there_is_room(
    kim: Device, devices: Devices, disk: Path
) -> None:
    sanne = devices.technician("Sanne")
    case_id = kim.open_case()
    settle(kim, sanne)
    with looping(kim) as (loop, states):
        wait_until(states, lambda state: state.online)
        with filled(disk):
            for _ in range(40):
                sanne.note(case_id, _NOTE)
            sanne.sync.once()
            full = wait_until(states, lambda state: state.error is not None)
            assert "Free some space" in (full.error or "")
        wait_until(states, lambda state: state.error is None and not state.pending)
        loop.close()
    _same(case_id, kim, sanne, 41)


def test_a_disk_that_is_full_when_the_service_has_answered_a_push_doubles_nothing(
    kim: Device, devices: Devices, disk: Path
) -> None:
    sanne = devices.technician("Sanne")
    case_id = kim.open_case()
    kim.sync.once()
    for _ in range(40):
        kim.note(case_id, _NOTE)
    with filled(disk), pytest.raises(DiskFullError):
        kim.sync.once()
    sanne.sync.once()
    assert len(sanne.store.case(case_id).timeline) == 41  # the service has them, and kim does not know
    assert len(kim.store.outbox(200)) == 40
    settle(kim, sanne)
    _same(case_id, kim, sanne, 41)


def test_a_disk_that_has_no_room_for_a_file_from_the_service_gets_it_later(
    devices: Devices, disk: Path, tmp_path: Path
) -> None:
    kim, sanne = devices.customer("Kim"), _moved(devices.technician("Sanne"), disk)
    case_id = kim.open_case()
    sha256 = _report(kim, case_id, 1_000_000)
    kim.sync.once()
    with filled(disk, left=500_000), pytest.raises(DiskFullError):
        sanne.sync.once()
    assert sanne.store.blobs_missing() == (sha256,)
    sanne.sync.once()
    assert sanne.store.blob(sha256) == kim.store.blob(sha256)
    _same(case_id, kim, sanne, 2)
    sanne.store.close()


@pytest.mark.parametrize("amid", ["accept", "receive", "receive_blob"])
def test_a_disk_that_turns_read_only_amid_sync_costs_nothing(devices: Devices, tmp_path: Path, amid: str) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    with failing_disk(tmp_path / "failing") as folder:
        _moved(kim, folder)
        case_id = kim.open_case()
        settle(kim, sanne)
        recording = sanne.store.put_blob(b"a recording")
        sanne.write(case_id, SessionEnded(session=new_id(), reason=EndReason.FAULT, seconds=1, recording=recording))
        sanne.sync.once()
        kim.note(case_id, "It is")
        with pytest.raises((ReadOnlyStoreError, DiskFullError), match=r"cannot be written|the disk is failing"):
            Synchroniser(_Failing(kim.store, amid, folder), kim.client).once()
        with suppress(StoreError):
            kim.store.close()
        for file in folder.iterdir():
            if file.is_file():
                (tmp_path / file.name).write_bytes(file.read_bytes())
    kim.store = Store(tmp_path / "store.db", _KEY, device=kim.store.device, clock=SystemClock())
    settle(kim, sanne)
    _same(case_id, kim, sanne, 3)


class _Failing:
    """A store whose disk fails just before one of its calls."""

    def __init__(self, store: Store, call: str, folder: Path) -> None:
        self._store, self._call, self._folder = store, call, folder

    def __getattr__(self, name: str) -> Any:
        if name == self._call:
            fail(self._folder)
        return getattr(self._store, name)


def _no_room(error: SyncError) -> None:
    assert isinstance(error, ServiceRefusedError), error
    assert (error.status, error.kind) == (507, "no-room")
    assert "its disk is full, or cannot be written" in str(error)


def test_a_service_whose_disk_is_full_takes_a_push_once_there_is_room(at_the_shop: Devices, disk: Path) -> None:
    kim, sanne = at_the_shop.customer("Kim"), at_the_shop.technician("Sanne")
    case_id = kim.open_case()
    settle(kim, sanne)
    for _ in range(40):
        kim.note(case_id, _NOTE)
    with filled(disk), pytest.raises(SyncError) as told:
        kim.sync.once()
    _no_room(told.value)
    settle(kim, sanne)
    _same(case_id, kim, sanne, 41)


@pytest.mark.parametrize("size", [1_500_000, transfers._PIECE + 100_000])
def test_a_service_whose_disk_fills_amid_an_upload_goes_on_from_there_once_there_is_room(
    tmp_path: Path, at_the_shop: Devices, shop_on_disk: Shop, size: int
) -> None:
    kim, sanne = at_the_shop.customer("Kim"), at_the_shop.technician("Sanne")
    with small_disk(shop_on_disk.settings.blobs, 8) as blobs:
        case_id = kim.open_case()
        sha256 = _report(kim, case_id, size)
        with filled(blobs, left=1_000_000), pytest.raises(SyncError) as told:
            kim.sync.once()
        _no_room(told.value)
        assert sum(file.stat().st_size for file in blobs.rglob("*.part")) > 500_000
        settle(kim, sanne)
        assert sanne.store.blob(sha256) == kim.store.blob(sha256)
        _same(case_id, kim, sanne, 2)


def test_a_service_whose_files_turn_read_only_takes_an_upload_later(at_the_shop: Devices, shop_on_disk: Shop) -> None:
    kim, sanne = at_the_shop.customer("Kim"), at_the_shop.technician("Sanne")
    with small_disk(shop_on_disk.settings.blobs, 4) as blobs:
        case_id = kim.open_case()
        first, second = _report(kim, case_id, 1000), _report(kim, case_id, 2000)
        with read_only(blobs), pytest.raises(SyncError) as told:
            kim.sync.once()
        _no_room(told.value)
        settle(kim, sanne)
        assert all(sanne.store.blob(sha256) for sha256 in (first, second))
        _same(case_id, kim, sanne, 3)


def test_a_service_whose_database_turns_read_only_says_so_and_keeps_what_it_took(
    devices: Devices, tmp_path: Path
) -> None:
    with failing_disk(tmp_path / "failing") as folder:
        shop = Shop(folder).start()
        own = Devices(shop, tmp_path)
        kim, sanne = own.customer("Kim"), own.technician("Sanne")
        case_id = kim.open_case()
        settle(kim, sanne)
        fail(folder)
        kim.note(case_id, "It is")
        with pytest.raises(SyncError) as told:
            kim.sync.once()
        _no_room(told.value)
        shop.stop()
        kept = tmp_path / "kept"
        kept.mkdir()
        for file in shop.settings.data.glob("service.db*"):
            (kept / file.name).write_bytes(file.read_bytes())
    shop.settings = shop.settings.model_copy(update={"data": kept})
    shop.start()
    settle(kim, sanne)
    _same(case_id, kim, sanne, 2)
    own.close()
    shop.close()
