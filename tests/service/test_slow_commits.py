"""A version is seen only after all smaller ones, however long transactions stay open: no reader skips an event.

`BISTAND_SLOW_COMMITS=50000` has that many events pushed; without it there are fewer.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from app.domain.events import Audience, Body, CaseOpened, Certainty, NoteAdded
from app.service.context import Service
from app.service.push import push
from app.service.tokens import Caller, find_caller, hash_token
from app.system.clock import new_id
from tests.service.parts import Person, Shop, batch
from tests.service.postgres import Postgres, name_of

EVENTS = int(os.environ.get("BISTAND_SLOW_COMMITS", "1000"))
_LOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


class Writer:
    """A device that pushes at one copy of the service, through the same function as its route does."""

    def __init__(self, shop: Shop, service: Service, name: str) -> None:
        self.service = service
        self.person: Person = shop.customer(name)
        with service.database.read() as connection:
            found = find_caller(connection, hash_token(self.person.token))
        assert found is not None
        self._caller: Caller = found

    def case(self, size: int) -> list[dict[str, Any]]:
        """A case of its own, with so many events."""
        case_id = new_id()
        note = NoteAdded(text="…", certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
        bodies: list[Body] = [CaseOpened(about="Help", machine="m"), *[note] * (size - 1)]
        entries: list[dict[str, Any]] = batch(*(self.person.event(case_id, body) for body in bodies))["events"]
        return entries

    def push(self, entries: list[dict[str, Any]]) -> list[int | None]:
        """Push it, and return the versions."""
        return [verdict.version for verdict in push(self.service, self._caller, None, entries)]


@contextmanager
def held(service: Service, hold: Callable[[], object]) -> Iterator[None]:
    """Every transaction of this copy that has written is held open just before it is committed."""

    def before_commit(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            hold()

    engine = service.database._engine
    event.listen(engine, "commit", before_commit)
    try:
        yield
    finally:
        event.remove(engine, "commit", before_commit)


def followed(reader: Person, last: int) -> list[tuple[int, str]]:
    """Versions and ids as a device gets them that follows the log by its cursor, up to the last version."""
    seen: list[tuple[int, str]] = []
    cursor, idle = None, 0
    while not seen or seen[-1][0] < last:
        page = reader.pull(cursor, wait=1)
        idle = 0 if page["events"] else idle + 1
        assert idle < 20, f"nothing came after version {seen[-1][0] if seen else 0}"
        cursor = page["cursor"]
        seen += [(entry["version"], entry["event"]["id"]) for entry in page["events"]]
    return seen


@pytest.mark.timeout(120 + EVENTS // 50)
def test_a_reader_skips_no_event_of_two_writers_whose_commits_are_slow(shop: Shop) -> None:
    seed = random.randrange(2**32)
    other = shop.copy() if shop.settings.db else shop.app  # SQLite is for one copy alone
    writers = [Writer(shop, shop.app.state.service, "Kim"), Writer(shop, other.state.service, "Lee")]
    reader = shop.visitor(shop.technician("Sanne"), shop.copy().state.url if shop.settings.db else shop.url)
    pushed: list[list[tuple[int | None, str]]] = [[], []]

    dice = random.Random(seed)  # how large the next batch is, and how long its transaction stays open

    def hold() -> None:
        time.sleep(dice.choice((0, 0, 0.001, 0.005, 0.02)))

    def write(number: int) -> None:
        writer, own = writers[number], pushed[number]
        while len(own) < EVENTS // 2:
            entries = writer.case(min(dice.randint(1, 40), EVENTS // 2 - len(own)))
            own.extend(zip(writer.push(entries), [entry["id"] for entry in entries], strict=True))

    with ExitStack() as holding, ThreadPoolExecutor(3) as pool:
        for app in {shop.app, other}:
            holding.enter_context(held(app.state.service, hold))
        following = pool.submit(followed, reader, EVENTS // 2 * 2)
        for writing in [pool.submit(write, number) for number in (0, 1)]:
            writing.result()
        seen = following.result()
    assert [version for version, _ in seen] == list(range(1, EVENTS // 2 * 2 + 1)), f"seed {seed}"
    assert seen == sorted((version or 0, event_id) for version, event_id in pushed[0] + pushed[1]), f"seed {seed}"
    authors = {event_id: number for number in (0, 1) for _, event_id in pushed[number]}
    turns = [authors[event_id] for _, event_id in seen]
    assert sum(before != after for before, after in pairwise(turns)) > 10, "they took no turns"


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_a_second_push_waits_for_the_first_ones_commit(shop: Shop, postgres: Postgres) -> None:
    first, second = Writer(shop, shop.app.state.service, "Kim"), Writer(shop, shop.copy().state.service, "Lee")
    reader = shop.technician("Sanne")
    at_commit, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        at_commit.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor(2) as pool, held(first.service, hold):
        slow: Future[list[int | None]] = pool.submit(first.push, first.case(2))
        assert at_commit.wait(20)
        quick: Future[list[int | None]] = pool.submit(second.push, second.case(3))
        _until(lambda: _locked(postgres, shop) == 1)
        assert reader.pull()["events"] == []  # and readers wait for nobody
        go_on.set()
        assert (slow.result(20), quick.result(20)) == ([1, 2], [3, 4, 5])
    assert [version for version, _ in followed(reader, 5)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_serial_numbers_would_have_been_skipped(shop: Shop, postgres: Postgres) -> None:
    """That the way of testing above sees what it is there to see."""
    database = name_of(shop.settings.db or "")
    with postgres.connected(database) as slow, postgres.connected(database) as quick:
        quick.execute("CREATE TABLE numbered (id bigserial PRIMARY KEY)")
        with slow.transaction():
            slow.execute("INSERT INTO numbered DEFAULT VALUES")
            quick.execute("INSERT INTO numbered DEFAULT VALUES")
            first = quick.execute("SELECT id FROM numbered WHERE id > 0").fetchall()
        later = quick.execute("SELECT id FROM numbered WHERE id > %s", (first[-1][0],)).fetchall()
    assert (first, later) == ([(2,)], [])


def test_one_batch_pushed_at_two_copies_at_once_is_in_the_log_once(shop: Shop) -> None:
    services = [shop.app.state.service, shop.copy().state.service]
    kim = Writer(shop, services[0], "Kim")
    reader = shop.technician("Sanne")
    count = 0
    with ThreadPoolExecutor(6) as pool:
        for _ in range(8):
            entries = kim.case(4)
            pushes = [pool.submit(push, services[n % 2], kim._caller, None, entries) for n in range(6)]
            versions = {tuple(verdict.version for verdict in pushing.result()) for pushing in pushes}
            assert versions == {tuple(range(count + 1, count + 5))}
            count += 4
    seen = followed(reader, count)
    assert len(seen) == len({UUID(event_id) for _, event_id in seen}) == count


def test_two_events_with_one_number_pushed_at_two_copies_at_once_are_not_both_taken(shop: Shop) -> None:
    services = [shop.app.state.service, shop.copy().state.service]
    kim = Writer(shop, services[0], "Kim")
    with ThreadPoolExecutor(2) as pool:
        for number in range(1, 9):
            body = CaseOpened(about="Help", machine="m")
            rivals = [batch(kim.person.event(new_id(), body, device_seq=number))["events"] for _ in services]
            pushes = [pool.submit(push, services[n], kim._caller, None, rivals[n]) for n in (0, 1)]
            verdicts = [pushing.result()[0] for pushing in pushes]
            assert sorted(verdict.version or 0 for verdict in verdicts) == [0, number]


def _locked(postgres: Postgres, shop: Shop) -> int:
    with postgres.connected() as connection:
        row = connection.execute(_LOCKED, (name_of(shop.settings.db or ""),)).fetchone()
    assert row is not None
    return int(row[0])


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline
        pause.wait(0.01)
