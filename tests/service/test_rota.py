"""The rota at a real service: technicians' own, one a shop, and without the name of somebody who went."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import events as ev
from app.domain.rota_log import ROTA
from app.service.check import check
from app.service.erase import erase, whom
from app.system.clock import new_id
from tests.service.parts import Person, Shop
from tests.service.test_beside_cases import push

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def shift(who: Person, source: str = "") -> ev.ShiftPlanned:
    """A night of theirs."""
    start = datetime(2026, 12, 24, 16, tzinfo=UTC)
    return ev.ShiftPlanned(
        technician=who.me.id, name=who.me.name, start=start, end=start + timedelta(hours=16), source=source
    )


def test_no_customer_plans_a_shift_or_hears_of_one(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    assert push(kim, ev.Stream.ROTA, ROTA, shift(sanne)) == ["Only a technician can do this."]
    assert push(sanne, ev.Stream.ROTA, ROTA, shift(bo)) == [""]
    assert push(sanne, ev.Stream.ROTA, new_id(), shift(bo)) == ["A shop has one rota, and this is another one."]
    assert (bo.kinds(), kim.kinds()) == (["shift_planned"], [])


def test_of_a_technician_who_went_the_name_goes_from_shifts_that_others_planned(shop: Shop) -> None:
    sanne, bo = shop.technician("Sanne Østergård"), shop.technician("Bo")
    assert push(bo, ev.Stream.ROTA, ROTA, shift(sanne, "sanne@example.com"), shift(bo)) == ["", ""]
    erase(shop.settings, whom(shop.settings, "Sanne Østergård"))
    told = str(bo.pull()["events"])
    assert ("Sanne" in told, "sanne@" in told, "a former technician" in told) == (False, False, True)
    assert "Sanne Østergård".encode() not in shop.kept()
    assert check(shop.settings).faults == ()
