"""Many desks that wait at two copies of the service while one of the two stops and starts again, and others write.

`BISTAND_DESKS=1000` has so many wait; without it there are fewer.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from app.domain.events import Audience, Certainty, NoteAdded
from app.domain.people import Author, Role
from app.service.database import Database
from app.service.tables import devices, people
from app.service.tokens import hash_token, new_token
from app.system.clock import new_id
from tests.bench.light_desks import LightDesks
from tests.service.parts import Person, Shop, batch

pytestmark = pytest.mark.parametrize("db", ["postgresql"], indirect=True)

DESKS = int(os.environ.get("BISTAND_DESKS", "60"))
_NOTES = 30


class Light(LightDesks):
    """The desks that wait, and all that ever arrived at them."""

    def __init__(self, cursor: str, services: list[tuple[str, list[str]]]) -> None:
        super().__init__(cursor, [{"port": int(url.rpartition(":")[2]), "tokens": tokens} for url, tokens in services])
        self.arrived: Counter[int] = Counter()
        self.lost = 0

    def look(self) -> None:
        """Take in what has arrived."""
        told = self.told()
        self.lost += told["lost"]
        self.arrived.update({int(version): len(moments) for version, moments in told["arrived"].items()})


def tokens_for(shop: Shop, many: int) -> list[str]:
    """Tokens of so many devices of one technician, straight into the database: enrolling is bounded."""
    author, now = Author(role=Role.TECHNICIAN, id=new_id(), name="Everywhere"), shop.clock.now()
    tokens = [new_token() for _ in range(many)]
    database = Database(shop.settings)
    with database.write() as connection:
        connection.execute(insert(people).values(id=author.id, role=author.role, name=author.name, made_at=now))
        rows = [{"id": new_id(), "person": author.id, "token_hash": hash_token(one), "made_at": now} for one in tokens]
        connection.execute(insert(devices), rows)
    database.close()
    return tokens


def until(holds: Callable[[], bool], seconds: float) -> None:
    """Return once it holds."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not holds():
        assert time.monotonic() < deadline
        pause.wait(0.1)


@pytest.fixture
def shop(tmp_path: Path, db: str) -> Iterator[Shop]:
    """Without a relay."""
    shop = Shop(tmp_path, db=db).start()
    yield shop
    shop.close()


def write(person: Person, case_id: UUID, notes: int) -> list[int]:
    """Write notes one by one, each again until the service has answered; their versions."""
    versions = []
    for number in range(notes):
        body = NoteAdded(text=f"Note {number}", certainty=Certainty.VERIFIED, audience=Audience.INTERNAL)
        told = batch(person.event(case_id, body))
        for _ in range(200):
            try:
                answer = person.http.post("/v1/events", json=told)
            except httpx.TransportError:
                time.sleep(0.1)  # it is away
                continue
            if answer.status_code == 200:
                versions.append(answer.json()["results"][0]["version"])
                break
            assert answer.status_code == 503, answer.text
    return versions


def test_one_of_two_stops_and_starts_again_while_all_wait_and_two_write(shop: Shop) -> None:
    second = shop.copy()
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    case_id, there = kim.open_case(), shop.visitor(bo, second.state.url)
    tokens = tokens_for(shop, DESKS)
    light = Light(sanne.pull()["cursor"], [(shop.url, tokens[::2]), (second.state.url, tokens[1::2])])
    versions: list[int] = []
    try:
        until(lambda: shop.app.state.service.live.waiting + second.state.service.live.waiting == DESKS, 30)
        threads = [
            threading.Thread(target=lambda who=who: versions.extend(write(who, case_id, _NOTES)))
            for who in (sanne, there)
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        shop.stop()
        assert time.monotonic() - began < 10
        shop.start()
        for thread in threads:
            thread.join(60)
        until(lambda: shop.app.state.service.live.waiting + second.state.service.live.waiting == DESKS, 60)
        light.look()
        assert light.lost >= DESKS // 2
        assert len(set(versions)) == 2 * _NOTES  # each is there once
        assert light.arrived == Counter(dict.fromkeys(versions, DESKS))  # and came once to everybody
    finally:
        light.close()
