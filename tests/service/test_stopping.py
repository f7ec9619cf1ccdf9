"""A stop in the middle of everything: who waits is answered, what is under way is whole or not there at all."""

import hashlib
import os
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app.domain.events import Audience, Certainty, Event, NoteAdded
from tests.service.on_sqlite import db, db_once  # noqa: F401 - fixtures
from tests.service.parts import Person, Shop
from tests.service.raw import Wire, head
from tests.service.test_run import Process

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def test_sigterm_in_the_middle_of_everything(tmp_path: Path) -> None:
    shop = Shop(tmp_path).start()
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    cursor = kim.pull()["cursor"]
    shop.close()
    process = Process(shop.settings)
    shop.url = process.url
    kim = Person(process.url, kim.token, kim.me, kim.device)
    lasting = Person(process.url, kim.token, kim.me, kim.device)
    polls: list[int] = []
    pushed: list[int] = []
    content = os.urandom(600_000)

    def wait() -> None:
        polls.append(lasting.http.get("/v1/events", params={"after": cursor, "wait": 25}).status_code)

    def push() -> None:
        try:
            for each in batches:
                pushed.extend(result["version"] for result in kim.push(*each))
        except (httpx.TransportError, AssertionError):
            return  # it stopped: refused, or answered that it stops

    batches = _batches(kim, case_id)
    with Wire(shop) as upload:
        upload.send(_upload_head(lasting, content)).send(content[:400_000])
        pause = threading.Event()
        assert any(lasting.offset(_sha(content)) or pause.wait(0.02) for _ in range(500))
        threads = [threading.Thread(target=wait) for _ in range(10)]
        for thread in threads:
            thread.start()
        pause.wait(0.5)  # they wait by now, or are answered as those that come while it stops
        pushing = threading.Thread(target=push)
        pushing.start()
        assert any(len(pushed) >= 80 or pause.wait(0.002) for _ in range(5000))
        began = time.monotonic()
        status = process.end(signal.SIGTERM)
        took = time.monotonic() - began
        answer = upload.answer()
    for thread in (*threads, pushing):
        thread.join(10)
    assert (status, process.rest) == (0, "stopped\n")
    assert took < 20
    assert polls == [200] * 10
    assert (answer.status, answer.problem["type"]) == (503, "stopping")
    _nothing_is_half_written(shop, lasting, batches, pushed, content)
    for person in (kim, lasting):
        person.http.close()


def _nothing_is_half_written(
    shop: Shop, person: Person, batches: list[list[Event]], pushed: list[int], content: bytes
) -> None:
    with closing(sqlite3.connect(shop.settings.data / "service.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (version,) = database.execute("SELECT version FROM log").fetchone()
        assert database.execute("SELECT count(*), max(version) FROM events").fetchone() == (version, version)
    assert (version - 1) % 20 == 0, "a batch is there whole, or not at all"
    assert 80 <= len(pushed) <= version - 1
    process = Process(shop.settings)
    person = Person(process.url, person.token, person.me, person.device)
    again = [result["version"] for each in batches for result in person.push(*each)]
    assert again == list(range(2, len(again) + 2))
    assert again[: len(pushed)] == pushed
    offset = person.offset(_sha(content))
    assert 0 < offset <= 400_000
    assert person.patch(_sha(content), content[offset:], offset, len(content)).status_code == 204
    assert person.http.get(f"/v1/blobs/{_sha(content)}").content == content
    person.http.close()
    process.kill()


def _batches(person: Person, case_id: UUID) -> list[list[Event]]:
    note = NoteAdded(text="x" * 200, certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
    events = [person.event(case_id, note, device_seq=number) for number in range(2, 602)]
    return [events[start : start + 20] for start in range(0, len(events), 20)]


def _upload_head(person: Person, content: bytes) -> str:
    fields = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0", "Upload_Length": str(len(content))}
    kind = {"Content_Type": "application/offset+octet-stream", "Content_Length": str(len(content))}
    return head(f"PATCH /v1/blobs/{_sha(content)}", person.token, **fields, **kind)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
