"""Enrolment, registration and tokens."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.domain.events import CaseTaken
from app.domain.people import Role
from app.service import admin
from app.service.errors import AlreadySetUpError, NameTakenError, NotSetUpError, UnknownTechnicianError
from app.service.settings import ServiceSettings
from app.service.tokens import hash_code
from tests.service.parts import Shop


def _enrol(shop: Shop, code: str) -> int:
    return shop.anonymous().post("/v1/enrol", json={"code": code, "device": str(uuid4())}).status_code


def test_the_provider_is_told_to_anybody(shop: Shop) -> None:
    assert shop.anonymous().get("/v1/provider").json() == {"name": "Nørrebro IT"}


def test_a_code_makes_a_device_a_technicians(shop: Shop) -> None:
    person = shop.technician("Sanne")
    assert (person.me.name, person.me.role) == ("Sanne", Role.TECHNICIAN)
    assert person.pull()["events"] == []


def test_a_code_works_once(shop: Shop) -> None:
    code = admin.add_technician(shop.settings, "Sanne", shop.clock)
    assert _enrol(shop, code) == 200
    assert _enrol(shop, code) == 403


def test_a_code_may_be_typed_carelessly(shop: Shop) -> None:
    code = admin.add_technician(shop.settings, "Sanne", shop.clock)
    assert _enrol(shop, f" {code.lower().replace('-', ' ').replace('0', 'o')} ") == 200


@pytest.mark.parametrize(("hours", "status"), [(23.9, 200), (24.1, 403)])
def test_a_code_lives_for_a_day(shop: Shop, hours: float, status: int) -> None:
    code = admin.add_technician(shop.settings, "Sanne", shop.clock)
    shop.clock.advance(hours=hours)
    assert _enrol(shop, code) == status


def test_a_wrong_code_uses_nothing_up(shop: Shop) -> None:
    code = admin.add_technician(shop.settings, "Sanne", shop.clock)
    assert _enrol(shop, "7777-7777-7777-7777") == 403
    assert _enrol(shop, code) == 200


def test_a_revoked_technician_is_out_at_once_and_their_open_code_too(shop: Shop) -> None:
    sanne = shop.technician("Sanne")
    admin.revoke(shop.settings, "Sanne")
    assert sanne.http.get("/v1/events").status_code == 401
    code = admin.add_technician(shop.settings, "Bo", shop.clock)
    admin.revoke(shop.settings, "Bo")
    assert _enrol(shop, code) == 403


def test_a_name_is_free_again_after_revocation(shop: Shop) -> None:
    first = shop.technician("Sanne")
    with pytest.raises(NameTakenError, match="Sanne"):
        admin.add_technician(shop.settings, "Sanne")
    admin.revoke(shop.settings, "Sanne")
    assert shop.technician("Sanne").me.id != first.me.id


def test_revoking_nobody_says_so(shop: Shop) -> None:
    with pytest.raises(UnknownTechnicianError, match="Nobody"):
        admin.revoke(shop.settings, "Nobody Here")


def test_neither_tokens_nor_codes_lie_in_the_database(shop: Shop) -> None:
    sanne, kim = shop.technician("Sanne"), shop.customer("Kim")
    code = admin.add_technician(shop.settings, "Bo", shop.clock)
    shop.stop()
    content = shop.kept()
    assert b"Sanne" in content
    assert hash_code(code).encode() in content
    for secret in (sanne.token, kim.token, code, code.replace("-", "")):
        assert secret.encode() not in content


def test_a_device_whose_answer_was_lost_may_register_again(shop: Shop) -> None:
    device = uuid4()
    lost, kim = shop.customer("Kim", device), shop.customer("Kim", device)
    assert lost.http.get("/v1/events").status_code == 401
    assert kim.pull()["events"] == []


def test_nobody_becomes_the_owner_of_a_device_that_has_written(shop: Shop) -> None:
    kim = shop.customer("Kim")
    kim.open_case()
    answer = shop.anonymous().post("/v1/customers", json={"name": "Mallory", "device": str(kim.device)})
    assert (answer.status_code, answer.json()["type"]) == (409, "device-taken")
    assert kim.kinds() == ["case_opened"]


def test_a_code_is_not_used_up_by_a_device_that_cannot_have_it(shop: Shop) -> None:
    kim = shop.customer("Kim")
    kim.open_case()
    code = admin.add_technician(shop.settings, "Sanne", shop.clock)
    body = {"code": code, "device": str(kim.device)}
    assert shop.anonymous().post("/v1/enrol", json=body).status_code == 409
    assert _enrol(shop, code) == 200


def test_a_name_has_no_control_characters(shop: Shop) -> None:
    answer = shop.anonymous().post("/v1/customers", json={"name": "Kim\x00", "device": str(uuid4())})
    assert answer.status_code == 422


def test_two_devices_of_one_technician_need_two_codes_and_write_as_themselves(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    elsewhere = sanne.event(case_id, CaseTaken(), device=uuid4())
    assert "another device" in sanne.push(elsewhere)[0]["reason"]


def test_too_many_tries_at_codes_are_stopped(tmp_path: Path, db: str | None) -> None:
    shop = Shop(tmp_path, db=db, enrolments_per_minute=3).start()
    try:
        assert [_enrol(shop, "0000") for _ in range(4)] == [403, 403, 403, 429]
    finally:
        shop.close()


def test_a_service_is_set_up_once(tmp_path: Path, db: str | None) -> None:
    settings = ServiceSettings(data=tmp_path / "service", db=db)
    with pytest.raises(NotSetUpError, match="bistand admin init"):
        admin.add_technician(settings, "Sanne")
    admin.init(settings, "The Shop")
    with pytest.raises(AlreadySetUpError, match="The Shop"):
        admin.init(settings, "Another")


def test_a_code_lives_as_long_as_it_says() -> None:
    assert timedelta(hours=24) == admin.CODE_LIFE
