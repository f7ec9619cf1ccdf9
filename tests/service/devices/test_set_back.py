"""A backup two days old is put back, and devices had synced since: no event is lost, and each case stands as it did."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.case import Status
from app.sync.client import ServiceClient
from app.sync.errors import UnauthorisedError
from tests.service.devices.bodies import fresh_case
from tests.service.devices.oracle import Oracle
from tests.service.devices.party import Party
from tests.service.devices.site import Site
from tests.service.set_back import Backup


@pytest.fixture
def site(tmp_path: Path, db: str | None) -> Iterator[Site]:
    """A service, Kim's device, and those of two technicians."""
    site = Site(tmp_path, db, technicians=2)
    yield site
    site.close()


def settle(site: Site) -> None:
    """Have all sync until nothing moves, and compare all sides."""
    oracle = Oracle()
    for party in site.parties:
        for case_id in party.store.case_ids():
            for event in party.store.case(case_id).timeline:
                writer = next(one for one in site.parties if one.device == event.device)
                oracle.written[event.id] = (event, writer)
    oracle.settle(site)


def note(text: str, audience: ev.Audience = ev.Audience.INTERNAL) -> ev.NoteAdded:
    """A note."""
    return ev.NoteAdded(text=text, certainty=ev.Certainty.VERIFIED, audience=audience)


def kinds(site: Site, case_id: UUID) -> list[str]:
    """What the service's log tells of a case."""
    return [one.event.kind for one in site.log() if one.event.stream_id == case_id]


def two_days(site: Site) -> tuple[Backup, UUID, UUID]:
    """A backup, then two days of work on a case from before and on one that the backup does not know."""
    kim, sanne, bo = site.parties
    known, later = fresh_case("The printer is silent"), fresh_case("The screen is dark")
    kim.write(*known)
    settle(site)
    sanne.write(known[0], ev.CaseTaken())
    settle(site)
    backup = site.back_up()
    sanne.write(known[0], note("A worn cable"))
    sanne.write(known[0], ev.SolutionProposed(text="A new cable", certainty=ev.Certainty.VERIFIED))
    kim.write(*later)
    report = kim.store.put_blob(b"the report")
    kim.write(later[0], ev.DiagnosticsShared(findings=(), redactions=0, report=report))
    settle(site)
    kim.write(known[0], ev.CaseClosed(thanks="Tak"))
    bo.write(later[0], ev.CaseTaken())
    bo.write(later[0], note("Ask whether it is plugged in"))
    settle(site)
    return backup, known[0], later[0]


@pytest.mark.parametrize(("first", "by_hand"), [(0, True), (1, True), (0, False), (2, False)])
def test_whoever_comes_first_nothing_is_lost_and_each_case_stands_as_it_did(
    site: Site, first: int, by_hand: bool
) -> None:
    backup, known, later = two_days(site)
    before = {case_id: kinds(site, case_id) for case_id in (known, later)}
    site.restore(backup, by_hand=by_hand)
    assert len(site.log()) == 2
    site.parties[first].sync()
    settle(site)
    for case_id in (known, later):
        assert sorted(kinds(site, case_id)) == sorted(before[case_id])
    for party in site.parties:
        assert party.store.refused() == ()
        assert party.store.case(known).status is Status.CLOSED
        assert party.store.case(known).technician == site.parties[1].me
        assert party.store.case(later).technician == site.parties[2].me


def test_what_is_written_before_the_setback_is_noticed_waits_for_what_it_builds_upon(site: Site) -> None:
    backup, _, later = two_days(site)
    site.restore(backup)
    bo = site.parties[2]
    bo.write(later, ev.SolutionProposed(text="Plug it in", certainty=ev.Certainty.ASSUMED))
    bo.sync()
    assert bo.store.refused() == ()
    assert kinds(site, later)[-1] == "solution_proposed"
    settle(site)


def test_what_somebody_wrote_whose_device_is_gone_is_given_back_by_those_who_read_it(site: Site) -> None:
    backup, known, later = two_days(site)
    before = {case_id: kinds(site, case_id) for case_id in (known, later)}
    site.restore(backup)
    sanne = site.parties[1]
    sanne.sync()  # Kim and Bo never come again
    assert {case_id: kinds(site, case_id) for case_id in (known, later)} == before
    client = ServiceClient(site.shop.url, token=lambda: sanne.token)
    report = sanne.store.case(later).report
    assert report is not None
    assert client.http.ask("GET", f"/v1/blobs/{report}").content == b"the report"
    client.close()
    settle(site)


def test_an_event_that_was_accepted_and_never_read_comes_back_from_its_writer(site: Site) -> None:
    kim = site.customer
    backup = site.back_up()
    case_id, opened = fresh_case("The printer is silent")
    kim.write(case_id, opened)
    kim.sync("push")
    assert kim.store.cursor() is None
    assert len(kim.versions()) == len(site.log()) == 1
    site.restore(backup)
    kim.write(case_id, note("It hums", ev.Audience.CUSTOMER))
    settle(site)
    assert kinds(site, case_id) == ["case_opened", "note_added"]


def test_nobody_can_give_back_what_the_service_never_had(site: Site) -> None:
    backup, known, _ = two_days(site)
    lost = [one for one in site.log() if one.version > 2]
    site.restore(backup)
    bo = site.parties[2]
    for one in lost:
        if one.event.device == bo.device:
            continue
        forgeries = [
            (one.event.model_copy(update={"body": note("He owes me money", ev.Audience.CUSTOMER)}), one.stamp),
            (one.event.model_copy(update={"author": bo.me}), one.stamp),
            (one.event.model_copy(update={"stream_id": UUID(int=6)}), one.stamp),
            (one.event, one.stamp[:8] + one.stamp[:7:-1]),
            (one.event, lost[lost.index(one) - 1].stamp),
            (one.event, ""),
        ]
        for forged, stamp in forgeries:
            assert bo.client.push(None, [forged], {forged.id: stamp})[0].version is None
    assert kinds(site, known) == ["case_opened", "case_taken"]
    settle(site)


def test_a_customer_gives_back_only_what_they_could_read(site: Site) -> None:
    backup, known, _ = two_days(site)
    site.restore(backup)
    site.customer.sync()
    assert kinds(site, known) == ["case_opened", "case_taken", "solution_proposed", "case_closed"]
    settle(site)
    assert sorted(kinds(site, known))[-2:] == ["note_added", "solution_proposed"]


def test_who_came_after_the_backup_is_told_so_and_loses_nothing(site: Site, tmp_path: Path) -> None:
    backup = site.back_up()
    later = ServiceClient(site.shop.url, token=lambda: None)
    device = UUID(int=77)
    enrolled = later.register_customer("Lee", device)
    later.close()
    lee = Party(enrolled.me, device, enrolled.token, tmp_path / "lee.db", site.shop.url)
    case_id, opened = fresh_case("No sound")
    lee.write(case_id, opened)
    lee.sync()
    site.parties[1].sync()
    site.restore(backup)
    with pytest.raises(UnauthorisedError, match="What is written here is kept"):
        lee.sync()
    site.parties[1].sync()
    assert kinds(site, case_id) == ["case_opened"]
    lee.close()


def test_a_clock_set_back_by_years_loses_nothing_and_one_ahead_by_years_is_named(site: Site) -> None:
    kim = site.customer
    kim.clock.wrong = timedelta(days=-4000)
    case_id, opened = fresh_case("The printer is silent")
    kim.write(case_id, opened)
    kim.clock.wrong = timedelta(days=4000)
    wrong = kim.write(case_id, note("It is 2037", ev.Audience.CUSTOMER))
    kim.clock.wrong = timedelta(hours=14)
    kim.write(case_id, note("The clock shows another zone's time", ev.Audience.CUSTOMER))
    assert kim.sync().refused == 1
    assert [(one.event, "clock of the device" in one.reason) for one in kim.store.refused()] == [(wrong, True)]
    assert kinds(site, case_id) == ["case_opened", "note_added"]
    settle(site)
