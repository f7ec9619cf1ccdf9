"""Blobs to and from the service: what got through is not sent again, progress is told, and memory stays bounded."""

import hashlib
import shutil
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.events import DiagnosticsShared
from app.service.orphans import Collected
from app.sync.client import ServiceClient
from app.sync.errors import NoServiceError, ServiceRefusedError
from app.sync.synchroniser import Synchroniser, SyncResult
from app.sync.transfers import fetch_blob, send_blob
from tests.service.parts import NotedRelay, Shop, collect_orphans
from tests.sync.parts import Device, Devices
from tests.sync.test_faults import cutting_line

MEBIBYTE = 1024 * 1024
CONTENT = bytes(range(256)) * 40_000  # three pieces


class StoppedError(Exception):
    """Whoever was told of progress wants no more."""


class Told:
    """Hears of progress, and stops it once so much is done."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self._stop_at = stop_at

    def __call__(self, done: int, total: int) -> None:
        self.steps.append((done, total))
        if self._stop_at is not None and done >= self._stop_at:
            raise StoppedError


def sha(content: bytes) -> str:
    """The address of a content."""
    return hashlib.sha256(content).hexdigest()


def received(shop: Shop) -> int:
    """How many bytes of blobs the service has taken in."""
    numbers: str = shop.app.state.service.metrics.text().decode()
    found = [line for line in numbers.splitlines() if line.startswith("bistand_blob_received_bytes_total ")]
    return int(float(found[0].split()[1]))


def report(device: Device, case_id: UUID, content: bytes) -> str:
    """Keep a report and write the event that names it."""
    sha256 = device.store.put_blob(content)
    device.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
    return sha256


def test_progress_is_told_both_ways(devices: Devices) -> None:
    kim, sanne, up, down = devices.customer("Kim"), devices.technician("Sanne"), Told(), Told()
    send_blob(kim.client.http, CONTENT, up)
    assert sanne.fetched(sha(CONTENT), down) == CONTENT
    size, piece = len(CONTENT), 4 * MEBIBYTE
    assert up.steps == [(0, size), (piece, size), (2 * piece, size), (size, size)]
    assert down.steps == [(min(number * MEBIBYTE, size), size) for number in range(1, 11)]
    again = Told()
    send_blob(kim.client.http, CONTENT, again)
    assert again.steps == [(size, size)]


def test_an_upload_that_is_stopped_goes_on_later(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    with pytest.raises(StoppedError):
        send_blob(kim.client.http, CONTENT, Told(stop_at=4 * MEBIBYTE))
    assert received(shop) == 4 * MEBIBYTE
    send_blob(kim.client.http, CONTENT)
    assert received(shop) == len(CONTENT)


def test_a_download_that_is_stopped_or_cut_goes_on_later(devices: Devices, shop: Shop) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    send_blob(kim.client.http, CONTENT)
    told = Told()
    with pytest.raises(StoppedError):
        sanne.fetched(sha(CONTENT), Told(stop_at=4 * MEBIBYTE))
    with cutting_line(shop.url, 4 * MEBIBYTE + 400_000) as line:
        client = ServiceClient(line, token=lambda: sanne.token)
        with pytest.raises(NoServiceError):
            fetch_blob(client.http, sanne.store, sha(CONTENT))
        client.close()
    shop.stop()
    shop.start()
    assert sanne.store.blob(sha(CONTENT)) is None
    assert sanne.fetched(sha(CONTENT), told) == CONTENT
    assert told.steps == [(9 * MEBIBYTE, len(CONTENT)), (len(CONTENT), len(CONTENT))]
    assert sanne.fetched(sha(b"another")) is None


def test_a_transfer_holds_its_content_once_in_memory(devices: Devices) -> None:
    kim = devices.customer("Kim")
    content = bytes(range(256)) * 4 * 24 * 1024  # 24 MiB
    tracemalloc.start()
    try:
        send_blob(kim.client.http, content)
        sent = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        assert fetch_blob(kim.client.http, kim.store, sha(content))
        came = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert kim.store.blob(sha(content)) == content
    assert sent < 16 * MEBIBYTE  # pieces, at this end and at the service's, which is in this program, too
    assert came < len(content) + 20 * MEBIBYTE


def test_a_blob_that_was_collected_meanwhile_is_sent_again_with_its_event(devices: Devices, shop: Shop) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    kim.sync.once()
    sha256 = kim.store.put_blob(CONTENT)
    kim.sync.once()  # the program ends before the event is written, and is away for long
    shop.clock.advance(days=8)
    assert collect_orphans(shop.settings, shop.clock) == Collected(blobs=1, bytes=len(CONTENT))
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
    assert kim.sync.once() == SyncResult(sent=1)
    assert not kim.store.refused()
    sanne.sync.once()
    assert sanne.store.blob(sha256) == CONTENT


@contextmanager
def little_room(folder: Path) -> Iterator[tuple[Shop, Devices]]:
    """A service with little room for each, and its devices."""
    shop = Shop(folder, NotedRelay(), unnamed_of_customer=2000).start()
    devices = Devices(shop, folder)
    try:
        yield shop, devices
    finally:
        devices.close()
        shop.close()


def test_more_than_the_service_has_room_for_goes_over_bit_by_bit(tmp_path: Path) -> None:
    with little_room(tmp_path) as (_shop, devices):
        kim = devices.customer("Kim")
        case_id = kim.open_case()
        kept = [report(kim, case_id, bytes([number]) * 900) for number in range(7)]
        assert kim.sync.once() == SyncResult(sent=8, blobs_sent=7)
        assert not kim.store.refused()
        sanne = devices.technician("Sanne")
        sanne.sync.once()
        assert all(sanne.store.blob(sha256) is not None for sha256 in kept)


def test_files_go_in_the_order_of_the_events_that_name_them_not_in_that_of_their_making(tmp_path: Path) -> None:
    with little_room(tmp_path) as (_shop, devices):
        kim = devices.customer("Kim")
        case_id = kim.open_case()
        kept = [kim.store.put_blob(bytes([number]) * 900) for number in range(5)]
        for sha256 in reversed(kept):
            kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
        assert kim.sync.once() == SyncResult(sent=6, blobs_sent=5)
        assert not kim.store.refused()


def test_files_that_no_event_names_hold_up_nothing_where_there_is_no_room_for_them(tmp_path: Path) -> None:
    with little_room(tmp_path) as (_shop, devices):
        kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
        case_id = kim.open_case()
        for number in range(3):
            kim.store.put_blob(bytes([number]) * 900)
        kept = report(kim, case_id, b"r" * 1500)
        kim.sync.once()
        kim.note(case_id, "And another word")
        kim.sync.once()
        sanne.sync.once()
        assert sanne.store.case(case_id) == kim.store.case(case_id)
        assert sanne.store.blob(kept) is not None


def test_a_service_that_lost_more_files_than_it_has_room_for_gets_them_all_back(tmp_path: Path) -> None:
    with little_room(tmp_path) as (shop, devices):
        kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
        shop.stop()
        backup = (shop.settings.data / "service.db").read_bytes()
        shop.start()
        case_id = kim.open_case()
        kept = [report(kim, case_id, bytes([number]) * 900) for number in range(7)]
        kim.sync.once()
        shop.stop()
        (shop.settings.data / "service.db").write_bytes(backup)
        shutil.rmtree(shop.settings.blobs)
        shop.start()
        kim.sync.once()
        sanne.sync.once()
        assert sanne.store.case(case_id) == kim.store.case(case_id)
        assert all(sanne.store.blob(sha256) is not None for sha256 in kept)
        assert not kim.store.refused()
        assert not kim.store.blobs_to_send()


def test_without_room_the_event_is_kept_the_person_is_told_and_the_next_try_succeeds(tmp_path: Path) -> None:
    with little_room(tmp_path) as (shop, devices):
        kim = devices.customer("Kim")
        case_id = kim.open_case()
        kim.store.put_blob(b"a" * 1500)  # no event will name it
        kim.sync.once()
        sanne = devices.technician("Sanne")
        sanne.sync.once()
        sanne.note(case_id, "Is it plugged in?")
        sanne.sync.once()
        report(kim, case_id, b"b" * 1500)
        note = kim.note(case_id, "Later")
        with pytest.raises(ServiceRefusedError, match=r"Nothing is lost: keep it, and try again later\."):
            kim.sync.once()
        assert "Is it plugged in?" in kim.notes(case_id)  # what is new comes nonetheless
        assert kim.store.outbox(9)[-1].id == note.id
        assert len(kim.store.outbox(9)) == 2
        assert not kim.store.refused()
        shop.clock.advance(days=8)
        collect_orphans(shop.settings, shop.clock)
        Synchroniser(kim.store, kim.client).once()
        assert not kim.store.outbox(9)
        assert not kim.store.refused()
