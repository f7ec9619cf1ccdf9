"""Two logs become one: sending, fetching, refusals, blobs, another log."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from app.domain.case import Case
from app.domain.events import Audience, CaseTaken, DiagnosticsShared, NoteAdded
from app.service import admin, events
from app.sync.errors import NoServiceError, UnauthorisedError
from app.sync.synchroniser import Synchroniser, SyncResult
from tests.service.parts import Shop
from tests.sync.parts import Device, Devices


def told(case: Case) -> list[str]:
    """What happened on a case, event by event."""
    return [str(event.id) for event in case.timeline]


def settle(*devices: Device) -> None:
    """Sync all until there is nothing left to tell."""
    while any(device.sync.once() != SyncResult() for device in devices):
        pass


def test_a_case_reaches_the_technician_and_the_answer_the_customer(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    assert kim.sync.once().sent == 1
    assert sanne.sync.once() == SyncResult(received=1)
    sanne.write(case_id, CaseTaken())
    sanne.note(case_id, "Is it plugged in?")
    sanne.note(case_id, "He never plugs it in", Audience.INTERNAL)
    assert sanne.sync.once().sent == 3
    kim.sync.once()
    assert kim.notes(case_id) == ["Is it plugged in?"]
    assert kim.store.case(case_id).technician == sanne.me


def test_edits_made_apart_converge(devices: Devices) -> None:
    kim, sanne, bo = devices.customer("Kim"), devices.technician("Sanne"), devices.technician("Bo")
    case_id = kim.open_case()
    settle(kim, sanne, bo)
    for number in range(7):
        for device in (kim, sanne, bo):
            device.note(case_id, f"{device.me.name} {number}")
    settle(sanne, kim, bo)
    assert kim.store.case(case_id) == sanne.store.case(case_id) == bo.store.case(case_id)
    assert len(told(kim.store.case(case_id))) == 22
    assert not any(delivery.is_pending for delivery in kim.store.delivery(case_id).values())


def test_a_refusal_comes_back_and_is_kept(devices: Devices) -> None:
    kim, sanne, bo = devices.customer("Kim"), devices.technician("Sanne"), devices.technician("Bo")
    case_id = kim.open_case()
    settle(kim, sanne, bo)
    sanne.write(case_id, CaseTaken())
    taken = bo.write(case_id, CaseTaken())
    sanne.sync.once()
    assert bo.sync.once().refused == 1
    assert [refused.event for refused in bo.store.refused()] == [taken]
    assert "Sanne has this case" in bo.store.refused()[0].reason
    assert bo.store.case(case_id).technician == sanne.me
    assert bo.sync.once() == SyncResult()


def test_more_than_one_batch_and_one_page_go_over(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_ids = [kim.open_case(str(number)) for number in range(501)]
    sums: list[SyncResult] = []
    assert kim.sync.once(sums.append).sent == 501
    assert [each.sent for each in sums[:2]] == [500, 501]
    assert sanne.sync.once().received == 501
    assert sorted(sanne.store.case_ids()) == sorted(case_ids)


def test_large_events_go_in_smaller_batches(devices: Devices) -> None:
    kim = devices.customer("Kim")
    for _ in range(60):
        kim.open_case("\u0001" * 19_000)  # six letters each in JSON
    assert kim.sync.once().sent == 60


def test_an_event_too_large_for_the_service_is_refused_and_the_rest_goes(tmp_path: Path) -> None:
    shop = Shop(tmp_path, max_body=50_000).start()
    devices = Devices(shop, tmp_path)
    try:
        kim = devices.customer("Kim")
        small, large, last = kim.open_case("a"), kim.open_case("\u0001" * 19_000), kim.open_case("b")
        assert kim.sync.once() == SyncResult(sent=2, refused=1, received=0)
        assert [refused.event.stream_id for refused in kim.store.refused()] == [large]
        assert not any(
            kim.store.delivery(case_id)[kim.store.case(case_id).timeline[0].id].is_pending for case_id in (small, last)
        )
    finally:
        devices.close()
        shop.close()


def test_blobs_go_first_and_come_with_the_events_that_name_them(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    content = b"a report" * 700_000
    sha256 = kim.store.put_blob(content)
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=3, report=sha256))
    assert kim.sync.once() == SyncResult(sent=2, blobs_sent=1)
    assert sanne.sync.once() == SyncResult(received=2, blobs_received=1)
    assert sanne.store.blob(sha256) == content


class WrittenMeanwhile:
    """A store in which another program keeps a report and names it, whenever sync is about to look for something."""

    def __init__(self, device: Device, case_id: UUID, before: str) -> None:
        self._device, self._case_id, self._before = device, case_id, before

    def __getattr__(self, name: str) -> Any:
        if name == self._before:
            self._before = ""
            sha256 = self._device.store.put_blob(b"a report")
            self._device.write(self._case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
        return getattr(self._device.store, name)


@pytest.mark.parametrize("before", ["outbox", "blobs_to_send", "blob_sent", "accept", "cursor"])
def test_a_report_that_is_written_while_others_are_sent_is_not_refused(devices: Devices, before: str) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    first = kim.store.put_blob(b"an earlier report")
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=first))
    sync = Synchroniser(WrittenMeanwhile(kim, case_id, before), kim.client)
    sync.once()
    sync.once()
    assert not kim.store.refused()
    settle(sanne)
    assert sanne.store.case(case_id) == kim.store.case(case_id)
    assert len(sanne.store.case(case_id).timeline) == 3


def test_what_is_written_with_no_service_is_kept_and_goes_later(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    shop.stop()
    case_id = kim.open_case()
    with pytest.raises(NoServiceError, match=r"not reachable at http://127\.0\.0\.1"):
        kim.sync.once()
    shop.start()
    assert kim.sync.once().sent == 1
    assert kim.store.case(case_id).opened_at is not None


def test_a_revoked_device_keeps_what_it_wrote(devices: Devices, shop: Shop) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    settle(kim, sanne)
    admin.revoke(shop.settings, "Sanne")
    sanne.note(case_id, "My last word")
    with pytest.raises(UnauthorisedError, match="bistand enrol"):
        sanne.sync.once()
    assert [event.body for event in sanne.store.outbox(9) if isinstance(event.body, NoteAdded)]


def test_devices_give_back_what_a_service_has_lost(devices: Devices, shop: Shop) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    settle(kim, sanne)
    shop.stop()
    backup = (shop.settings.data / "service.db").read_bytes()
    shop.start()
    sha256 = kim.store.put_blob(b"the report")
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
    sanne.write(case_id, CaseTaken())
    sanne.note(case_id, "Known before the backup came back")
    settle(kim, sanne)
    shop.stop()
    (shop.settings.data / "service.db").write_bytes(backup)
    _renew_epoch(shop)
    shop.start()
    kim.note(case_id, "Written afterwards")
    settle(kim, sanne)
    assert kim.store.case(case_id) == sanne.store.case(case_id)
    assert sorted(kim.notes(case_id)) == ["Known before the backup came back", "Written afterwards"]
    bo = devices.technician("Bo")
    settle(bo)
    assert bo.store.case(case_id) == kim.store.case(case_id)
    assert bo.store.blob(sha256) == b"the report"


def test_a_log_that_is_behind_the_device_is_noticed_without_a_new_epoch(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    case_id = kim.open_case()
    shop.stop()
    backup = (shop.settings.data / "service.db").read_bytes()
    shop.start()
    kim.note(case_id, "Lost, or is it?")
    kim.sync.once()
    shop.stop()
    (shop.settings.data / "service.db").write_bytes(backup)
    shop.start()
    assert kim.sync.once().sent == 2
    assert kim.sync.once() == SyncResult()


def _renew_epoch(shop: Shop) -> None:
    engine = create_engine(shop.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE log SET epoch = :epoch"), {"epoch": "f" * 32})
    engine.dispose()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that gives three events at a time."""
    monkeypatch.setattr(events, "LARGEST_PAGE", 3)
    monkeypatch.setattr("app.service.looks._NEAR", 0)  # whoever is behind reads page after page


def ten_events(devices: Devices) -> tuple[Device, Device, UUID]:
    """A customer whose case and nine notes are at the service, and a technician who has read nothing yet."""
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    for number in range(9):
        kim.note(case_id, str(number))
    kim.sync.once()
    return kim, sanne, case_id


@pytest.mark.usefixtures("small_pages")
def test_many_pages_come_in_order_and_whole(devices: Devices) -> None:
    _kim, sanne, case_id = ten_events(devices)
    steps: list[int] = []
    sanne.sync.pull(lambda step: steps.append(step.received))
    assert steps == [3, 3, 3, 1]
    assert sanne.notes(case_id) == [str(number) for number in range(9)]


@pytest.mark.usefixtures("small_pages")
def test_a_run_that_ends_amid_its_pages_goes_on_where_it_was(devices: Devices) -> None:
    kim, sanne, case_id = ten_events(devices)

    def give_up(_: SyncResult) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sanne.sync.pull(give_up)
    assert len(sanne.notes(case_id)) == 2
    assert sanne.sync.once() == SyncResult(received=7)
    assert sanne.store.case(case_id) == kim.store.case(case_id)


@pytest.mark.usefixtures("small_pages")
def test_a_page_fetched_ahead_is_left_where_somebody_starts_over_meanwhile(devices: Devices) -> None:
    kim, sanne, case_id = ten_events(devices)
    steps: list[int] = []

    def start_over_once(step: SyncResult) -> None:
        steps.append(step.received)
        if len(steps) == 1:
            sanne.store.start_over(sanne.store.cursor())

    sanne.sync.pull(start_over_once)
    assert steps == [3, 0, 3, 3, 1]
    assert sanne.store.case(case_id) == kim.store.case(case_id)
