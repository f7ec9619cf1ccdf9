"""No device fills the disk: what one person may leave that no event names, and room that stays free."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.domain.events import DiagnosticsShared
from tests.service.parts import NotedRelay, Person, Shop

BOUND = 1000


@pytest.fixture
def small_shop(tmp_path: Path) -> Iterator[Shop]:
    """A service with little room for each."""
    yield from started(tmp_path, None)


@pytest.fixture
def small_shop_on_any(tmp_path: Path, db: str | None) -> Iterator[Shop]:
    """The same on both databases, for what they do differently: several at once."""
    yield from started(tmp_path, db)


def started(folder: Path, db: str | None) -> Iterator[Shop]:
    """The service, which is stopped at the end."""
    shop = Shop(folder, NotedRelay(), db=db, unnamed_of_customer=BOUND, unnamed_of_staff=3 * BOUND).start()
    yield shop
    shop.close()


def content_of(size: int, first: int = 0) -> bytes:
    """So many bytes, that differ by the first of them."""
    return bytes([first]) + bytes(size - 1)


def send(person: Person, content: bytes) -> tuple[int, str]:
    """Upload it, and return the status and the kind of the problem."""
    answer = person.patch(hashlib.sha256(content).hexdigest(), content, 0, len(content))
    return answer.status_code, "" if answer.status_code == 204 else answer.json()["type"]


def test_more_than_a_person_may_have_is_refused_at_once(small_shop: Shop) -> None:
    kim = small_shop.customer("Kim")
    assert send(kim, content_of(BOUND + 1)) == (413, "too-large")
    assert kim.patch("ab" * 32, b"x", 0, BOUND + 1).status_code == 413
    assert kim.offset("ab" * 32) == 0
    assert not list(small_shop.settings.blobs.rglob("*.part"))


def test_what_no_event_names_is_bounded_and_a_name_makes_room(small_shop: Shop) -> None:
    kim, lee = small_shop.customer("Kim"), small_shop.customer("Lee")
    case_id = kim.open_case()
    first = kim.upload(content_of(600, 1))
    assert send(kim, content_of(401, 2)) == (507, "quota")
    assert send(lee, content_of(BOUND, 2)) == (204, "")  # it is no business of others
    assert send(kim, content_of(400, 3)) == (204, "")
    kim.push(kim.event(case_id, DiagnosticsShared(findings=(), redactions=0, report=first)))
    assert send(kim, content_of(601, 4)) == (507, "quota")
    assert send(kim, content_of(600, 4)) == (204, "")


def test_a_technician_may_have_more(small_shop: Shop) -> None:
    sanne = small_shop.technician("Sanne")
    assert [send(sanne, content_of(BOUND, number))[0] for number in range(4)] == [204, 204, 204, 507]


def test_what_is_announced_counts_before_it_has_come(small_shop: Shop) -> None:
    kim = small_shop.customer("Kim")
    whole = content_of(600, 1)
    sha256 = hashlib.sha256(whole).hexdigest()
    assert kim.patch(sha256, whole[:1], 0, 600).status_code == 204
    answer = kim.patch("ab" * 32, b"x", 0, 401)
    assert (answer.status_code, answer.headers["Retry-After"]) == (507, "600")
    assert "1,000 bytes" in answer.json()["detail"]
    assert kim.patch(sha256, whole[1:], 1, 600).status_code == 204  # what has begun goes on
    assert kim.http.get(f"/v1/blobs/{sha256}").content == whole


def test_what_was_wrong_and_dropped_counts_no_longer(small_shop: Shop) -> None:
    kim = small_shop.customer("Kim")
    assert kim.patch("ab" * 32, content_of(BOUND), 0, BOUND).status_code == 460
    assert send(kim, content_of(BOUND)) == (204, "")


def test_all_devices_of_a_person_at_once_get_no_more_than_one(small_shop_on_any: Shop) -> None:
    shop = small_shop_on_any
    urls = (shop.url, shop.copy().state.url) * 3
    begin = threading.Barrier(len(urls))

    def try_it(device: Person, number: int) -> int:
        begin.wait(10)
        return send(device, content_of(400, number))[0]

    with ThreadPoolExecutor(len(urls)) as pool:
        for turn in range(5):
            kim = shop.customer(f"Kim {turn}")
            devices = [shop.visitor(kim, url) for url in urls]
            statuses = sorted(pool.map(try_it, devices, range(len(devices))))
            assert statuses == [204, 204, 507, 507, 507, 507]


def test_a_disk_with_little_room_takes_no_files(tmp_path: Path) -> None:
    shop = Shop(tmp_path, NotedRelay(), min_free=2**60).start()
    try:
        kim = shop.customer("Kim")
        assert send(kim, content_of(10)) == (507, "no-room")
        kim.open_case()  # words still fit
    finally:
        shop.close()
