"""The same thing asked twice at once, at two copies of the service: it happens once, and nobody meets a fault."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.service import admin
from app.service.errors import NameTakenError
from tests.service.parts import KEY, Shop

ROUNDS = range(4)


@pytest.fixture
def urls(shop: Shop) -> tuple[str, str]:
    """Where both copies are."""
    return shop.url, shop.copy().state.url


def at_once(*asks: Callable[..., httpx.Response], **body: Any) -> list[int]:
    """Ask all of it at once with this body; the statuses of the answers, sorted."""
    with ThreadPoolExecutor(len(asks)) as pool:
        return sorted(asked.result().status_code for asked in [pool.submit(ask, json=body) for ask in asks])


def anonymous(url: str, path: str) -> Callable[..., httpx.Response]:
    """Ask with no token."""
    return partial(httpx.post, url + path, trust_env=False)


def test_an_offer_made_twice_at_once_is_one_session(shop: Shop, urls: tuple[str, str]) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    asks = [partial(shop.visitor(kim, url).http.post, "/v1/sessions") for url in urls] * 2
    for _ in ROUNDS:
        assert at_once(*asks, session=str(uuid4()), case=str(case_id), key=KEY) == [200] * 4


def test_a_session_that_two_customers_offer_at_once_is_one_ones(shop: Shop, urls: tuple[str, str]) -> None:
    people = [shop.visitor(shop.customer(name), url) for name, url in zip(("Kim", "Lee"), urls, strict=True)]
    cases = [person.open_case() for person in people]

    def offer(number: int, json: dict[str, str]) -> httpx.Response:
        return people[number].http.post("/v1/sessions", json={**json, "case": str(cases[number])})

    for _ in ROUNDS:
        assert at_once(partial(offer, 0), partial(offer, 1), session=str(uuid4()), key=KEY) == [200, 404]


def test_a_code_used_twice_at_once_lets_one_in(shop: Shop, urls: tuple[str, str]) -> None:
    def enrol(url: str, json: dict[str, str]) -> httpx.Response:
        return anonymous(url, "/v1/enrol")(json={**json, "device": str(uuid4())})

    for number in ROUNDS:
        code = admin.add_technician(shop.settings, f"Sanne {number}", shop.clock)
        assert at_once(*(partial(enrol, url) for url in urls * 2), code=code) == [200, 403, 403, 403]


def test_a_device_that_registers_twice_at_once_meets_no_fault(shop: Shop, urls: tuple[str, str]) -> None:
    for _ in ROUNDS:
        asks = [anonymous(url, "/v1/customers") for url in urls]
        statuses = at_once(*asks, name="Kim", device=str(uuid4()))
        assert statuses in ([200, 200], [200, 409])  # nothing was written there yet


def test_an_upload_seen_through_one_copy_is_there_at_the_other(shop: Shop, urls: tuple[str, str]) -> None:
    kim = shop.customer("Kim")
    first, second = (shop.visitor(kim, url) for url in urls)
    sha256 = first.upload(b"a report")
    assert second.offset(sha256) == 8
    assert second.http.get(f"/v1/blobs/{sha256}").content == b"a report"


def test_a_name_added_twice_at_once_is_one_technicians(shop: Shop) -> None:
    def add(name: str) -> str:
        try:
            return admin.add_technician(shop.settings, name)
        except NameTakenError:
            return ""

    with ThreadPoolExecutor(4) as pool:
        for number in ROUNDS:
            codes = [adding.result() for adding in [pool.submit(add, f"Sanne {number}") for _ in range(4)]]
            assert len([code for code in codes if code]) == 1


def test_letters_written_at_two_copies_at_once_are_read_in_order_and_none_is_missed(
    shop: Shop, urls: tuple[str, str]
) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id, session = kim.open_case(), str(uuid4())
    kim.http.post("/v1/sessions", json={"session": session, "case": str(case_id), "key": KEY})
    both = [shop.visitor(kim, url).http for url in urls]
    path = f"/v1/sessions/{session}/mail"
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(http.post, path, json={"body": ""}) for http in both * 20]
        seen: list[int] = []
        asked = 0
        while len(seen) < 40:
            asked += 1
            assert asked < 50, "one was missed"
            answer = sanne.http.get(path, params={"after": seen[-1] if seen else 0, "wait": 1}).json()
            seen += [letter["id"] for letter in answer["letters"]]
        assert {posted.result().status_code for posted in writing} == {201}
    assert seen == sorted(seen)
    assert len(set(seen)) == 40
