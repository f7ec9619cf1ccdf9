"""What whoever looks after the service is told: up, ready, and in numbers."""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.events import CaseTaken
from app.service import admin
from app.service.errors import MetricsTokenError
from app.service.tokens import hash_token, metrics_token_hash
from tests.service.on_sqlite import db, db_once  # noqa: F401 - fixtures
from tests.service.parts import KEY, NotedRelay, Person, Shop, report

TOKEN = "n" * 40


@contextmanager
def watched(folder: Path, relay: NotedRelay | None = None) -> Iterator[Shop]:
    """A service whose numbers may be read."""
    shop = Shop(folder, relay, metrics_token_hash=hash_token(TOKEN)).start()
    try:
        yield shop
    finally:
        shop.close()


def ask_numbers(shop: Shop, token: str = TOKEN) -> httpx.Response:
    """Ask for the numbers."""
    return shop.anonymous().get("/metrics", headers={"Authorization": f"Bearer {token}"})


def numbers(shop: Shop) -> dict[str, float]:
    """All numbers, by their names with labels."""
    answer = ask_numbers(shop)
    assert answer.status_code == 200, answer.text
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def readiness(shop: Shop) -> tuple[int, dict[str, Any]]:
    """What it says of itself."""
    answer = shop.anonymous().get("/readyz")
    return answer.status_code, answer.json()


def test_it_is_ready(shop: Shop) -> None:
    assert readiness(shop) == (200, {"status": "ready"})


def test_a_service_without_a_relay_of_its_own_is_ready_too(tmp_path: Path) -> None:
    with watched(tmp_path) as shop:
        assert readiness(shop) == (200, {"status": "ready"})


def test_without_its_relay_it_is_not_ready_and_says_why(shop: Shop, relay: NotedRelay) -> None:
    relay.is_open = False
    status, told = readiness(shop)
    assert (status, told["type"]) == (503, "not-ready")
    assert "relay lets nobody in" in told["detail"]
    assert shop.anonymous().get("/healthz").status_code == 200


def test_while_the_database_takes_no_writes_it_is_not_ready_and_is_again_afterwards(shop: Shop) -> None:
    path = shop.settings.data / "service.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        status, told = readiness(shop)
        assert time.monotonic() - began < 5
        assert (status, told["type"]) == (503, "not-ready")
        assert "database" in told["detail"]
        assert shop.anonymous().get("/healthz").status_code == 200
        other.execute("ROLLBACK")
    pause = threading.Event()
    assert any(readiness(shop)[0] == 200 or pause.wait(0.3) for _ in range(60))


def test_a_broken_database_is_told_and_its_text_is_not(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.settings.data / "service.db", isolation_level=None)) as other:
        other.execute("ALTER TABLE log RENAME TO gone")
    status, told = readiness(shop)
    assert (status, told["detail"]) == (503, "The database takes no writes; the service's log says why.")


@pytest.mark.parametrize("table", ["log", "devices"])
def test_a_request_that_finds_no_database_is_a_problem_and_not_a_fault(
    shop: Shop, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    kim = shop.customer("Kim")
    with closing(sqlite3.connect(shop.settings.data / "service.db", isolation_level=None)) as other:
        other.execute(f"ALTER TABLE {table} RENAME TO gone")
    answer = kim.http.get("/v1/events")
    assert (answer.status_code, answer.json()["type"]) == (503, "database")
    assert answer.headers["Retry-After"] == "5"
    assert "gone" not in answer.text
    assert "the database does not answer" in caplog.text


def test_many_who_ask_cost_one_look_a_second(shop: Shop) -> None:
    looks = []
    ready = shop.app.state.service.readiness
    look = ready._look

    async def counted() -> str | None:
        looks.append(1)
        return await look()  # type: ignore[no-any-return]

    ready._look = counted
    began = time.monotonic()
    for _ in range(50):
        assert readiness(shop)[0] == 200
    assert len(looks) <= 2 + (time.monotonic() - began)


def test_numbers_are_closed_unless_the_owner_opened_them(shop: Shop) -> None:
    for token in (TOKEN, "x", shop.technician("Sanne").token, shop.customer("Kim").token):
        answer = ask_numbers(shop, token)
        assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert shop.anonymous().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


def test_numbers_are_open_to_their_token_alone_and_it_opens_nothing_else(tmp_path: Path) -> None:
    with watched(tmp_path) as shop:
        assert ask_numbers(shop).headers["Content-Type"].startswith("text/plain; version=0.0.4")
        for token in (TOKEN[:-1], TOKEN + "n", "x", shop.technician("Sanne").token):
            assert ask_numbers(shop, token).status_code == 401
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert shop.anonymous().get("/v1/events", headers=headers).status_code == 401


def test_numbers_tell_what_happened(tmp_path: Path) -> None:
    relay = NotedRelay(sessions=3)
    with watched(tmp_path, relay) as shop:
        kim, east = shop.customer("Kim"), shop.relay_machine("east")
        case_id = kim.open_case()
        kim.push(kim.event(case_id, CaseTaken()))  # refused: only a technician takes a case
        kim.upload(b"0123456789")
        shop.customer("Lee").upload(b"0123456789")  # who cannot know that it is here
        kim.http.post("/v1/sessions", json={"session": str(case_id), "case": str(case_id), "key": KEY})
        shop.anonymous().get("/v1/events")
        shop.anonymous().request("PROPFIND", f"/v1/{case_id}")
        east.http.post("/v1/relays/report", json=report(sessions=7).model_dump(mode="json"))
        told = numbers(shop)
        assert told['bistand_requests_total{method="POST",route="/v1/events",status="200"}'] == 2
        assert told['bistand_requests_total{method="PATCH",route="/v1/blobs/{sha256}",status="204"}'] == 2
        assert told['bistand_requests_total{method="GET",route="other",status="401"}'] == 1
        assert told['bistand_requests_total{method="other",route="other",status="401"}'] == 1
        assert told['bistand_request_seconds_count{method="POST",route="/v1/events"}'] == 2
        assert told['bistand_events_total{verdict="accepted"}'] == 1
        assert told['bistand_events_total{verdict="refused"}'] == 1
        assert told["bistand_blob_received_bytes_total"] == 20
        assert (told["bistand_blobs"], told["bistand_blob_bytes"]) == (1, 10)
        assert (told["bistand_log_version"], told["bistand_sessions_open"]) == (1, 1)
        assert told["bistand_requests_under_way"] == 1  # this one
        assert told["bistand_waiting"] == 0
        assert told["bistand_data_free_bytes"] > 0
        assert told['bistand_relay_sessions{relay="own"}'] == 3
        assert told['bistand_relay_sessions{relay="further east"}'] == 7
        assert told['bistand_relay_refusals_total{relay="own"}'] == 0


def test_those_who_wait_are_counted(tmp_path: Path) -> None:
    with watched(tmp_path) as shop:
        kim = shop.customer("Kim")
        cursor = kim.pull()["cursor"]
        waiting = [threading.Thread(target=lambda: kim.pull(cursor, wait=20)) for _ in range(5)]
        for thread in waiting:
            thread.start()
        pause = threading.Event()
        assert any(numbers(shop)["bistand_waiting"] == 5 or pause.wait(0.02) for _ in range(500))
        kim.open_case()
        for thread in waiting:
            thread.join(10)
        assert numbers(shop)["bistand_waiting"] == 0


def test_numbers_hold_nothing_of_anybody(tmp_path: Path) -> None:
    with watched(tmp_path, NotedRelay()) as shop:
        kim, sanne = shop.customer("Kim Møller"), shop.technician("Sanne Holm")
        case_id = kim.open_case()
        for path in (
            f"/v1/{case_id}",
            f"/v1/blobs/{kim.upload(b'x')}",
            f"/v1/sessions/{case_id}/mail",
            "/%F0%9F%98%80",
        ):
            for person in (kim, sanne):
                person.http.get(path)
        text = ask_numbers(shop).text
        for word in ("Kim", "Møller", "Sanne", str(case_id), kim.token, sanne.token, "127.0.0.1", TOKEN):
            assert word not in text
        assert not re.search("[0-9a-f]{64}", text)


def test_every_number_is_explained_to_those_who_operate(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    with watched(tmp_path, NotedRelay()) as shop:
        names = {name.split("{")[0] for name in numbers(shop)}
    told = {re.sub(r"_(bucket|count|sum)$", "", name) for name in names if not name.endswith("_created")}
    ours = {name for name in told if name.startswith("bistand_")}
    assert len(ours) > 15
    assert {name for name in ours if f"`{name}`" not in page} == set()


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        ("short", 0o600, "32 to 200"),
        ("a" * 201, 0o600, "32 to 200"),
        ("a" * 32 + " " + "b" * 32, 0o600, "no spaces"),
        ("å" * 40, 0o600, "cannot be read"),
        ("a" * 40, 0o644, "everybody"),
    ],
)
def test_a_token_that_protects_nothing_is_refused(tmp_path: Path, content: str, mode: int, why: str) -> None:
    file = tmp_path / "token"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)
    with pytest.raises(MetricsTokenError, match=why):
        metrics_token_hash(file)


def test_a_good_token_is_kept_as_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    file.chmod(0o640)
    assert metrics_token_hash(file) == hash_token(TOKEN)
    with pytest.raises(MetricsTokenError, match="openssl rand"):
        metrics_token_hash(tmp_path / "none")


def test_a_technicians_revocation_does_not_touch_the_numbers(tmp_path: Path) -> None:
    with watched(tmp_path) as shop:
        person: Person = shop.technician("Sanne")
        admin.revoke(shop.settings, "Sanne")
        assert person.http.get("/v1/events").status_code == 401
        assert numbers(shop)['bistand_requests_total{method="GET",route="other",status="401"}'] == 1
