"""What is too much, too long, too slow or no HTTP at all is answered with a problem that helps, and costs little."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.service import protocol
from tests.service.on_sqlite import db, db_once  # noqa: F401 - fixtures
from tests.service.parts import Person, Shop
from tests.service.raw import Wire, head

JSON = "application/json"


@contextmanager
def bounded(folder: Path, **settings: Any) -> Iterator[Shop]:
    """A service with bounds of the test's own."""
    shop = Shop(folder, **settings).start()
    try:
        yield shop
    finally:
        shop.close()


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and the kind of what must be a problem with a sentence."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == answer.status_code
    assert told["detail"].endswith(".")
    return answer.status_code, told["type"]


def waits(answer: httpx.Response) -> int:
    """The seconds that it says to wait."""
    return int(answer.headers["Retry-After"])


def test_a_body_announced_as_too_long_is_not_even_read(tmp_path: Path) -> None:
    with bounded(tmp_path, max_body=2000) as shop, Wire(shop) as wire:
        kim = shop.customer("Kim")
        wire.send(head("POST /v1/events", kim.token, Content_Type=JSON, Content_Length="2001"))
        answer = wire.answer()
        assert (answer.status, answer.problem["type"]) == (413, "too-large")
        assert "2,000 bytes" in answer.problem["detail"]


def test_a_body_without_a_length_is_cut_at_the_limit(tmp_path: Path) -> None:
    with bounded(tmp_path, max_body=2000) as shop, Wire(shop) as wire:
        kim = shop.customer("Kim")
        wire.send(head("POST /v1/events", kim.token, Content_Type=JSON, Transfer_Encoding="chunked"))
        wire.send(b"3e8\r\n" + b" " * 1000 + b"\r\n")
        wire.send(b"3e9\r\n" + b" " * 1001 + b"\r\n")
        answer = wire.answer()
        assert (answer.status, answer.problem["type"]) == (413, "too-large")


def test_whoever_sends_a_far_too_long_body_to_its_end_still_reads_why(tmp_path: Path) -> None:
    with bounded(tmp_path, max_body=2000) as shop:
        kim = shop.customer("Kim")
        answer = kim.http.post("/v1/events", content=bytes(5_000_000), headers={"Content-Type": JSON})
        assert problem(answer) == (413, "too-large")
        assert kim.pull()["events"] == []


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "1, 2", "0x10"])
def test_a_length_that_is_none_is_a_problem(shop_once: Shop, length: str) -> None:
    with Wire(shop_once) as wire:
        wire.send(head("POST /v1/customers", Content_Type=JSON, Content_Length=length))
        answer = wire.answer()
        assert (answer.status, answer.problem["type"]) == (400, "not-http")
        assert wire.is_closed()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("nonsense\r\n\r\n", 400),
        ("BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400),  # a method that nobody has heard of
        ("GET / HTTP/1.1\r\n\r\n", 400),  # no Host
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (head("POST /v1/customers", Transfer_Encoding="rot13"), 400),
        (head("POST /v1/customers", Content_Length="1", Transfer_Encoding="chunked"), 400),  # two ends: smuggling
        ("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x" * 100_000, 431),
        ("GET /" + "x" * 100_000, 431),
        ("GET / HTTP/1.1\r\nHost: x\r\n" + "X: 1\r\n" * 20_000, 431),
        (head("POST /v1/customers", Content_Type=JSON, Transfer_Encoding="chunked") + "no number\r\n", 400),
    ],
)
def test_what_is_no_http_is_a_problem(shop_once: Shop, sent: str, status: int) -> None:
    with Wire(shop_once) as wire:
        answer = wire.send(sent).answer()
        assert (answer.status, answer.problem["type"]) == (status, "not-http")
        assert wire.is_closed()


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    with bounded(tmp_path, body_patience=0.3) as shop, Wire(shop) as wire:
        kim = shop.customer("Kim")
        wire.send(head("POST /v1/events", kim.token, Content_Type=JSON, Content_Length="100") + '{"eve')
        answer = wire.answer()
        assert (answer.status, answer.problem["type"]) == (408, "too-slow")
        assert wire.is_closed()


def test_a_body_that_drips_is_not_waited_for_either(tmp_path: Path) -> None:
    with bounded(tmp_path, body_patience=0.5) as shop, Wire(shop) as wire:
        kim, stop = shop.customer("Kim"), threading.Event()
        wire.send(head("POST /v1/events", kim.token, Content_Type=JSON, Content_Length="100000"))

        def drip() -> None:
            try:
                while not stop.wait(0.05):
                    wire.send(" ")
            except OSError:
                return

        dripping = threading.Thread(target=drip)
        dripping.start()
        answer = wire.answer()
        stop.set()
        dripping.join(5)
        assert answer.status == 408


def test_a_slow_body_that_keeps_coming_is_taken(tmp_path: Path) -> None:
    with bounded(tmp_path, body_patience=0.5) as shop, Wire(shop) as wire:
        kim, pause = shop.customer("Kim"), threading.Event()
        wire.send(head("POST /v1/events", kim.token, Content_Type=JSON, Content_Length="20013"))
        wire.send('{"events": []')
        for _ in range(20):
            pause.wait(0.05)  # one second in all: twice the patience, at 20 kB/s
            wire.send(" " * 999 + "\n" if _ < 19 else " " * 999 + "}")
        assert wire.answer().status == 200


def test_whoever_connects_and_asks_nothing_is_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    with Wire(shop) as silent, Wire(shop) as slow:
        slow.send("GET /healthz HT")
        for wire in (silent, slow):
            answer = wire.answer()
            assert (answer.status, answer.problem["type"]) == (408, "too-slow")
            assert wire.is_closed()


def test_a_wait_for_news_outlasts_the_patience_with_heads_and_bodies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    with bounded(tmp_path, body_patience=0.3) as shop:
        kim = shop.customer("Kim")
        assert kim.pull(kim.pull()["cursor"], wait=1)["events"] == []
        assert kim.pull()["events"] == []


def test_a_batch_has_five_hundred_events_at_most(shop: Shop) -> None:
    kim = shop.customer("Kim")
    entries = [{"id": f"00000000-0000-7000-8000-{number:012}"} for number in range(501)]
    assert problem(kim.http.post("/v1/events", json={"events": entries})) == (413, "too-large")
    assert len(kim.http.post("/v1/events", json={"events": entries[:500]}).json()["results"]) == 500


def test_a_device_that_asks_too_often_is_told_how_long_to_wait(tmp_path: Path) -> None:
    with bounded(tmp_path, requests_per_minute=60) as shop:
        kim, lee = shop.customer("Kim"), shop.customer("Lee")
        answers = [kim.http.get("/v1/events") for _ in range(70)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert 0 < len(refused) <= 10
        assert problem(refused[-1]) == (429, "too-often")
        assert lee.http.get("/v1/events").status_code == 200
        threading.Event().wait(waits(refused[-1]))
        assert kim.http.get("/v1/events").status_code == 200


def test_a_device_that_sends_too_much_is_stopped(tmp_path: Path) -> None:
    with bounded(tmp_path, bytes_per_hour=100_000) as shop:
        kim, lee = shop.customer("Kim"), shop.customer("Lee")
        assert kim.patch("ab" * 32, bytes(60_000), 0, 200_000).status_code == 204
        answer = kim.patch("ab" * 32, bytes(60_000), 60_000, 200_000)
        assert problem(answer) == (429, "too-often")
        assert 300 < waits(answer) <= 3600
        assert lee.patch("ab" * 32, bytes(60_000), 0, 200_000).status_code == 204
        assert kim.pull()["events"] == []


def test_a_device_waits_for_news_only_so_often_at_once(tmp_path: Path) -> None:
    with bounded(tmp_path, waiting_per_device=2) as shop:
        kim, lee = shop.customer("Kim"), shop.customer("Lee")
        cursor = kim.pull()["cursor"]
        with _waiting(shop, kim, cursor, 2):
            answer = kim.http.get("/v1/events", params={"after": cursor, "wait": 25})
            assert (problem(answer), waits(answer)) == ((429, "too-many-waiting"), 5)
            assert kim.pull()["events"] == []
            assert lee.pull(cursor, wait=0.1)["events"] == []
            kim.open_case()  # wakes them
        assert shop.app.state.service.live.waiting == 0


def test_only_so_many_requests_are_under_way_at_once(tmp_path: Path) -> None:
    with bounded(tmp_path, max_requests=3) as shop:
        kim, lee = shop.customer("Kim"), shop.customer("Lee")
        cursor = kim.pull()["cursor"]
        with _waiting(shop, kim, cursor, 3, seconds=2):
            answer = lee.http.get("/v1/events")
            assert (problem(answer), waits(answer)) == ((503, "busy"), 5)
        assert lee.pull()["events"] == []


@contextmanager
def _waiting(shop: Shop, person: Person, cursor: str, count: int, seconds: float = 25) -> Iterator[None]:
    """So many of a person's requests that wait for news."""

    def wait() -> None:
        person.http.get("/v1/events", params={"after": cursor, "wait": seconds})

    threads = [threading.Thread(target=wait) for _ in range(count)]
    for thread in threads:
        thread.start()
    live, pause = shop.app.state.service.live, threading.Event()
    assert any(live.waiting == count or pause.wait(0.02) for _ in range(500))
    yield
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
