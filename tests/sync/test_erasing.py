"""An erasure at the service reaches every device that holds a copy, also around a restored backup."""

from datetime import timedelta
from pathlib import Path

from app.domain.case import Case
from app.domain.customer import Customer
from app.domain.events import (
    CaseTaken,
    ContactTold,
    CustomerAdded,
    CustomerNoted,
    DiagnosticsShared,
    PersonJoined,
    SessionStarted,
    Stream,
    WorkRecorded,
)
from app.service.backup import back_up
from app.service.erase import erase, whom
from app.service.restore import restore
from app.sync.synchroniser import SyncResult
from app.system.clock import SystemClock, new_id
from tests.service.parts import Shop, collect_orphans
from tests.sync.parts import Device, Devices
from tests.sync.test_synchroniser import settle


def worked(device: Device) -> WorkRecorded:
    """Ten minutes, with a word on them."""
    now = SystemClock().now()
    return WorkRecorded(start=now - timedelta(minutes=10), end=now, text="Kim was in tears")


def words(case: Case) -> str:
    """All that a copy of a case tells."""
    return repr(case)


def test_a_desk_that_was_away_brings_its_hours_and_no_word(devices: Devices, shop: Shop) -> None:
    kim, sanne, bo = devices.customer("Kim Ærø"), devices.technician("Sanne"), devices.technician("Bo")
    case_id = kim.open_case("My secret trouble")
    report = kim.store.put_blob(b"report on Kim")
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=report))
    settle(kim, sanne, bo)
    assert bo.store.blob(report) == b"report on Kim"
    sanne.note(case_id, "Kim is worried")  # on a train, with no network
    sanne.write(case_id, worked(sanne))
    erase(shop.settings, whom(shop.settings, "Kim Ærø"))
    settle(bo, sanne)
    for device in (sanne, bo):
        case = device.store.case(case_id)
        assert [work.seconds for work in case.work] == [600]
        assert not any(word in words(case) for word in ("Ærø", "secret", "worried", "tears", "report on"))
        assert device.store.blob(report) is None
        assert device.store.search("worried") == device.store.search("secret") == ()
        assert device.store.rebuild().differences == ()
        assert device.sync.once() == SyncResult()
    assert sanne.store.case(case_id) == bo.store.case(case_id)


def test_a_restored_older_backup_brings_back_what_was_lost_and_not_who_was_erased(
    devices: Devices, shop: Shop, tmp_path: Path
) -> None:
    kim, sanne, bo = devices.customer("Kim Ærø"), devices.technician("Sanne"), devices.technician("Bo")
    case_id, lone = kim.open_case("My secret trouble"), devices.customer("Lone")
    other = lone.open_case("A mouse")
    settle(kim, lone, sanne, bo)
    back_up(shop.settings, tmp_path / "backup.tar")
    sanne.note(case_id, "Kim is worried")
    sanne.write(case_id, worked(sanne))
    sanne.note(other, "A new mouse")
    settle(sanne, bo, lone)
    erase(shop.settings, whom(shop.settings, "Kim Ærø"))
    settle(bo)  # Sanne has not heard of it
    shop.stop()
    restore(shop.settings, tmp_path / "backup.tar", replace=True)
    shop.start()
    settle(sanne, bo, lone)
    settle(sanne, bo, lone)
    for device in (sanne, bo):
        case = device.store.case(case_id)
        assert [work.seconds for work in case.work] == [600]
        assert not any(word in words(case) for word in ("Ærø", "secret", "worried", "tears"))
    assert sanne.store.case(case_id) == bo.store.case(case_id)
    assert lone.notes(other) == bo.notes(other) == ["A new mouse"]
    assert b"worried" not in shop.kept()


def test_a_case_that_the_backup_lacks_whole_comes_back_with_its_hours_and_not_with_who_was_erased(
    devices: Devices, shop: Shop, tmp_path: Path
) -> None:
    sanne, bo = devices.technician("Sanne"), devices.technician("Bo")
    back_up(shop.settings, tmp_path / "backup.tar")
    kim = devices.customer("Kim Ærø")
    case_id = kim.open_case("My secret trouble")
    report = kim.store.put_blob(b"report on Kim")
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=report))
    settle(kim, sanne)
    sanne.note(case_id, "Kim is worried")
    sanne.write(case_id, worked(sanne))
    settle(sanne, kim)
    erase(shop.settings, whom(shop.settings, "Kim Ærø"))
    shop.stop()
    restore(shop.settings, tmp_path / "backup.tar", replace=True)
    shop.start()
    settle(sanne, bo)  # neither has heard of it, and the backup knows nothing of Kim
    settle(sanne, bo)
    for device in (sanne, bo):
        case = device.store.case(case_id)
        assert [work.seconds for work in case.work] == [600]
        assert not any(word in words(case) for word in ("Ærø", "secret", "worried", "tears", "report on"))
        assert device.store.blob(report) is None
        assert not device.store.refused()
    assert sanne.store.case(case_id) == bo.store.case(case_id)
    collect_orphans(shop.settings)
    kept = shop.kept()
    assert not [word for word in ("Ærø", "secret", "worried", "tears", "report on Kim") if word.encode() in kept]


def test_an_erased_technician_comes_back_into_no_case_that_was_new_to_them_when_the_backup_was_made(
    devices: Devices, shop: Shop, tmp_path: Path
) -> None:
    lone, sanne, bo = devices.customer("Lone"), devices.technician("Sanne Øst"), devices.technician("Bo")
    case_id = lone.open_case("A mouse")
    settle(lone, sanne, bo)
    back_up(shop.settings, tmp_path / "backup.tar")
    lone.write(case_id, SessionStarted(
        session=new_id(), technician="Sanne Øst", customer_key="", technician_key="", relay="own"))  # fmt: skip
    settle(lone, sanne)
    sanne.write(case_id, CaseTaken())
    sanne.note(case_id, "A new mouse")
    settle(sanne, lone)
    erase(shop.settings, whom(shop.settings, "Sanne Øst"))
    shop.stop()
    restore(shop.settings, tmp_path / "backup.tar", replace=True)
    shop.start()
    settle(lone, bo)
    settle(lone, bo)
    case = bo.store.case(case_id)
    assert [(note.text, note.author.name) for note in case.notes] == [("A new mouse", "a former technician")]
    assert case.technician is None
    assert "Sanne" not in words(case)
    assert lone.store.case(case_id) == case


def test_a_customers_card_that_the_backup_lacks_comes_back_without_a_word_of_who_was_erased(
    devices: Devices, shop: Shop, tmp_path: Path
) -> None:
    sanne, bo, lone = devices.technician("Sanne"), devices.technician("Bo"), devices.customer("Lone")
    back_up(shop.settings, tmp_path / "backup.tar")
    kim = devices.customer("Kim Ærø")
    kim.open_case("My secret trouble")
    shared = new_id()
    for card, bodies in (
        (kim.me.id, (CustomerAdded(name="Kim's secret"), PersonJoined(person=kim.me.id, name="Kim Ærø"))),
        (kim.me.id, (CustomerNoted(text="in tears"),)),
        (shared, (CustomerAdded(name="The Bakery"), PersonJoined(person=kim.me.id, name="Kim Ærø"))),
        (shared, (PersonJoined(person=lone.me.id, name="Lone"), ContactTold(name="Per"))),
    ):
        for body in bodies:
            sanne.store.append(sanne.me, Stream.CUSTOMER, card, body)
    settle(kim, sanne)
    erase(shop.settings, whom(shop.settings, "Kim Ærø"))
    shop.stop()
    restore(shop.settings, tmp_path / "backup.tar", replace=True)
    shop.start()
    settle(sanne, bo)  # neither has heard of it, and the backup knows nothing of Kim
    settle(sanne, bo)
    for device in (sanne, bo):
        own, others = (device.store.state(Stream.CUSTOMER, card) for card in (kim.me.id, shared))
        assert isinstance(own, Customer)
        assert isinstance(others, Customer)
        assert (own.is_gone, own.notes) == (True, ())
        assert (others.name, [entry.told.name for entry in others.contacts]) == ("The Bakery", ["Per"])
        assert [entry.told.name for entry in others.people] == ["(erased)", "Lone"]
        assert device.store.rebuild().differences == ()
    assert not [word for word in ("Ærø", "secret", "in tears") if word.encode() in shop.kept()]
