"""Access that was taken away is gone within five seconds, whatever is under way at that moment."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from app.service import admin
from app.service.database import Database
from app.service.tables import people
from tests.service.on_sqlite import db, db_once  # noqa: F401 - fixtures
from tests.service.parts import KEY, NotedRelay, Person, Shop, report
from tests.service.raw import Answer, Wire, head

WITHIN = 5.0


def take_away(shop: Shop, person: Person) -> None:
    """As `bistand admin` does it, for whomever: in the database, from outside the service."""
    database = Database(shop.settings)
    with database.write() as connection:
        connection.execute(update(people).where(people.c.id == person.me.id).values(revoked_at=shop.clock.now()))
    database.close()


def in_thread(work: Callable[[], httpx.Response]) -> tuple[threading.Thread, list[httpx.Response]]:
    """Start it; what it ends with stands in the list."""
    done: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: done.append(work()))
    thread.start()
    return thread, done


def until_waiting(shop: Shop, count: int) -> None:
    """Return once so many requests wait."""
    live, pause = shop.app.state.service.live, threading.Event()
    assert any(live.waiting == count or pause.wait(0.02) for _ in range(500))


@pytest.mark.parametrize("where", ["log", "mail", "orders"])
def test_a_wait_for_news_ends_with_its_token(shop: Shop, where: str) -> None:
    kim, sanne, relay = shop.customer("Kim"), shop.technician("Sanne"), shop.relay_machine("east")
    session = kim.open_case()
    body = {"session": str(session), "case": str(session), "key": KEY}
    assert kim.http.post("/v1/sessions", json=body).status_code == 200
    cursor = sanne.pull()["cursor"]
    asks: dict[str, Callable[[], httpx.Response]] = {
        "log": lambda: sanne.http.get("/v1/events", params={"after": cursor, "wait": 25}),
        "mail": lambda: sanne.http.get(f"/v1/sessions/{session}/mail", params={"wait": 25}),
        "orders": lambda: relay.http.post("/v1/relays/report?wait=25", json=report().model_dump(mode="json")),
    }
    thread, done = in_thread(asks[where])
    until_waiting(shop, 1)
    began = time.monotonic()
    if where == "orders":
        admin.revoke_relay(shop.settings, "east")
    else:
        admin.revoke(shop.settings, "Sanne")
    thread.join(20)
    assert time.monotonic() - began < WITHIN
    assert (done[0].status_code, done[0].json()["type"]) == (401, "unauthorised")
    assert shop.app.state.service.live.waiting == 0


def test_others_go_on_waiting(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    cursor = sanne.pull()["cursor"]
    going, goes_on = in_thread(lambda: sanne.http.get("/v1/events", params={"after": cursor, "wait": 25}))
    staying, stays = in_thread(lambda: bo.http.get("/v1/events", params={"after": cursor, "wait": 25}))
    until_waiting(shop, 2)
    admin.revoke(shop.settings, "Sanne")
    going.join(20)
    assert goes_on[0].status_code == 401
    assert staying.is_alive()
    kim.open_case()
    staying.join(10)
    assert len(stays[0].json()["events"]) == 1


def test_news_that_come_first_are_not_told_to_whom_they_are_no_longer_for(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    cursor = sanne.pull()["cursor"]
    thread, done = in_thread(lambda: sanne.http.get("/v1/events", params={"after": cursor, "wait": 25}))
    until_waiting(shop, 1)
    admin.revoke(shop.settings, "Sanne")
    kim.open_case()
    thread.join(20)
    assert done[0].status_code == 401


def test_a_customers_wait_ends_too(shop: Shop) -> None:
    kim = shop.customer("Kim")
    cursor = kim.pull()["cursor"]
    thread, done = in_thread(lambda: kim.http.get("/v1/events", params={"after": cursor, "wait": 25}))
    until_waiting(shop, 1)
    began = time.monotonic()
    take_away(shop, kim)
    thread.join(20)
    assert time.monotonic() - began < WITHIN
    assert done[0].status_code == 401


def test_a_token_that_was_replaced_ends_its_waits(shop: Shop) -> None:
    kim = shop.customer("Kim")
    cursor = kim.pull()["cursor"]
    thread, done = in_thread(lambda: kim.http.get("/v1/events", params={"after": cursor, "wait": 25}))
    until_waiting(shop, 1)
    began = time.monotonic()
    again = shop.customer("Kim", kim.device)
    thread.join(20)
    assert time.monotonic() - began < WITHIN
    assert done[0].status_code == 401
    assert again.pull()["events"] == []


def test_an_upload_under_way_ends_and_leaves_nothing_locked(shop: Shop) -> None:
    sanne, bo = shop.technician("Sanne"), shop.technician("Bo")
    path = "/v1/blobs/" + "ab" * 32
    with Wire(shop) as wire:
        fields = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0", "Upload_Length": "1000", "Content_Length": "1000"}
        wire.send(head(f"PATCH {path}", sanne.token, Content_Type="application/offset+octet-stream", **fields))
        wire.send(bytes(100))
        service, pause = shop.app.state.service, threading.Event()
        assert any(service.uploads or pause.wait(0.02) for _ in range(500))
        began = time.monotonic()
        admin.revoke(shop.settings, "Sanne")
        answer = wire.answer()
    assert time.monotonic() - began < WITHIN
    assert (answer.status, answer.problem["type"]) == (401, "unauthorised")
    assert not service.uploads
    assert bo.patch("ab" * 32, bytes(100), 0, 1000).status_code == 204


def test_a_download_under_way_breaks_off(tmp_path: Path) -> None:
    shop = Shop(tmp_path, NotedRelay()).start()
    try:
        sanne = shop.technician("Sanne")
        content = bytes(40_000_000)  # far more than the sockets between hold
        sha256 = sanne.upload(content)
        with Wire(shop) as wire:
            wire.send(head(f"GET /v1/blobs/{sha256}", sanne.token))
            assert wire.socket.recv(1000).startswith(b"HTTP/1.1 200")
            began = time.monotonic()
            admin.revoke(shop.settings, "Sanne")
            live, pause = shop.app.state.service.live, threading.Event()
            assert any(live.under_way == 0 or pause.wait(0.02) for _ in range(500))
            assert time.monotonic() - began < WITHIN
            assert _rest(wire) < len(content)
    finally:
        shop.close()


def _rest(wire: Wire) -> int:
    """How many bytes still come."""
    count = 0
    try:
        while piece := wire.socket.recv(1_000_000):
            count += len(piece)
    except ConnectionError:
        pass
    return count


def test_an_answer_is_a_problem_also_for_whoever_was_cut(shop: Shop) -> None:
    sanne = shop.technician("Sanne")
    cursor = sanne.pull()["cursor"]
    with Wire(shop) as wire:
        wire.send(head(f"GET /v1/events?after={cursor}&wait=25", sanne.token))
        until_waiting(shop, 1)
        admin.revoke(shop.settings, "Sanne")
        answer: Answer = wire.answer()
    assert answer.problem["title"] == "Unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"
