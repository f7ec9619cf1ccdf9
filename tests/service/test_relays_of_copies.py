"""Two copies of the service on one PostgreSQL, relays that report to one or the other, sessions that use both."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from app.domain.relay import Order, OrderAnswer, OrderKind
from app.service.database import Database
from app.service.errors import RelaySilentError
from app.service.shared_stations import SharedStations
from app.service.stations import LATELY_SECONDS
from app.service.tables import orders, stations
from app.system.clock import new_id
from tests.service.parts import KEY, Shop, report
from tests.service.test_relays import Station, join, offer
from tests.service.test_stations import DOOR, in_background

pytestmark = pytest.mark.parametrize("db", ["postgresql"], indirect=True)


class Pair:
    """Two copies without relays of their own; Kim talks to the first, Sanne to the second."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.second = shop, shop.copy()
        self.kim = shop.customer("Kim")
        self.sanne = shop.visitor(shop.technician("Sanne"), self.second.state.url)
        self.case_id = self.kim.open_case()
        self._stations: list[Station] = []

    def station(self, name: str, port: int, sessions: int = 0, *, at_second: bool) -> Station:
        """A further relay that reports to one of the two."""
        at = self.second.state.url if at_second else None
        self._stations.append(Station(self.shop, name, port, sessions, at))
        return self._stations[-1]

    def age(self, relay: UUID, seconds: float) -> None:
        """As if the relay had been heard so long ago."""
        database = self.shop.app.state.service.database
        with database.write() as connection:
            earlier = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
            connection.execute(update(stations).where(stations.c.relay == relay).values(heard_at=earlier))

    def close(self) -> None:
        """Have the relays fall silent."""
        for each in self._stations:
            each.fall_silent()


@pytest.fixture
def pair(tmp_path: Path, db: str) -> Iterator[Pair]:
    """Two copies."""
    shop = Shop(tmp_path, db=db).start()
    pair = Pair(shop)
    yield pair
    pair.close()
    shop.close()


def test_a_session_offered_at_one_copy_gets_a_relay_that_reports_to_the_other(pair: Pair) -> None:
    east, session = pair.station("east", 7001, at_second=True), uuid4()
    assert offer(pair.kim, pair.case_id, session) == 7001
    assert join(pair.sanne, session) == 7001
    assert east.done == [("admit customer", session), ("admit technician", session)]


def test_an_end_at_one_copy_is_told_to_the_relay_at_the_other(pair: Pair) -> None:
    east, session = pair.station("east", 7001, at_second=True), uuid4()
    assert offer(pair.kim, pair.case_id, session) == 7001
    assert pair.kim.http.delete(f"/v1/sessions/{session}").status_code == 204
    assert offer(pair.kim, pair.case_id, uuid4()) == 7001  # orders come in order, so that it has heard of the end
    assert ("expel", session) in east.done
    assert session not in east.held


def test_the_least_loaded_is_found_across_the_copies(pair: Pair) -> None:
    pair.station("east", 7001, sessions=1, at_second=False)
    pair.station("west", 7002, at_second=True)
    bo = pair.shop.visitor(pair.kim, pair.second.state.url)
    assert offer(pair.kim, pair.case_id, uuid4()) == 7002
    assert {offer(who, pair.case_id, uuid4()) for who in (pair.kim, bo)} == {7001, 7002}
    assert sorted(pair.second.state.service.stations.answering().values()) == [2, 2]


def test_a_relay_that_goes_over_to_the_other_copy_gets_its_orders_there(pair: Pair) -> None:
    east, session = pair.station("east", 7001, at_second=False), uuid4()
    assert offer(pair.kim, pair.case_id, session) == 7001
    east.fall_silent()
    moved = pair.shop.visitor(east.person, pair.second.state.url)
    pair.kim.http.delete(f"/v1/sessions/{session}")
    assert pair.second.state.service.stations.take(east.person.me.id, 1) == ()  # what it asked before gets nothing now
    body = report(run=east.run, held=(session,)).model_dump(mode="json")
    told = moved.http.post("/v1/relays/report", json=body).json()["orders"]
    assert [(order["kind"], order["session"]) for order in told] == [("expel", str(session))] * 2  # seen, and told


def test_a_relay_that_fell_silent_is_missed_at_both_and_its_session_moves(pair: Pair) -> None:
    east, session = pair.station("east", 7001, at_second=False), uuid4()
    assert offer(pair.kim, pair.case_id, session) == 7001
    west = pair.station("west", 7002, sessions=9, at_second=True)
    east.fall_silent()
    pair.age(east.person.me.id, LATELY_SECONDS + 1)
    for app in (pair.shop.app, pair.second):
        assert set(app.state.service.stations.answering()) == {west.person.me.id}
    assert join(pair.sanne, session) == 503  # nobody but the customer moves a session
    assert offer(pair.kim, pair.case_id, session) == 7002
    assert join(pair.sanne, session) == 7002
    (order,) = east.ask().json()["orders"]
    assert (order["kind"], order["session"]) == ("expel", str(session))


def test_a_relay_that_leaves_at_one_is_sent_nobody_by_the_other(pair: Pair) -> None:
    east = pair.station("east", 7001, at_second=True)
    east.fall_silent()
    assert east.person.http.post("/v1/relays/leave").status_code == 204
    assert offer(pair.kim, pair.case_id, uuid4()) == 503


def test_orders_given_by_both_at_once_are_each_obeyed_once(pair: Pair) -> None:
    east = pair.station("east", 7001, at_second=True)
    customers = [pair.kim, pair.shop.visitor(pair.kim, pair.second.state.url)]
    sessions, found = [uuid4() for _ in range(16)], list[int]()

    def offers(who: int) -> None:
        found.extend(offer(customers[who], pair.case_id, session) for session in sessions[who::2])

    threads = [threading.Thread(target=offers, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [7001] * len(sessions)
    assert sorted(session for _, session in east.done) == sorted(sessions)


def given(database: Database, relay: UUID, shared: SharedStations) -> tuple[Order, threading.Thread, list[object]]:
    """An order that waits for its answer."""
    order = Order(id=new_id(), kind=OrderKind.ADMIT_CUSTOMER, session=uuid4(), key=KEY)
    thread, found = in_background(lambda: shared.order(relay, order))
    pause = threading.Event()
    while not shared.answering()[relay]:
        assert not found
        pause.wait(0.02)
    return order, thread, found


def test_an_answer_given_at_one_copy_reaches_who_asked_at_the_other(pair: Pair) -> None:
    database, relay = pair.shop.app.state.service.database, pair.shop.relay_machine("east").me.id
    here, there = (SharedStations(database, patience=20) for _ in range(2))
    turn = here.hear(relay, report(), lambda: None)
    order, thread, found = given(database, relay, there)
    assert here.take(relay, turn) == (order,)
    assert there.take(relay, turn) == ()
    stranger = pair.shop.relay_machine("west").me.id
    there.hear(stranger, report(answers=(OrderAnswer(order=order.id, refusal="not for me"),)), lambda: None)
    here.hear(relay, report(answers=(OrderAnswer(order=order.id, door=DOOR),)), lambda: None)
    thread.join(10)
    assert found == [DOOR]
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(orders)).scalar_one() == 0


@pytest.mark.parametrize("restarts", [True, False])
def test_a_relay_that_starts_anew_or_leaves_at_one_leaves_nobody_waiting_at_the_other(
    pair: Pair, restarts: bool
) -> None:
    database, relay = pair.shop.app.state.service.database, pair.shop.relay_machine("east").me.id
    here, there = (SharedStations(database, patience=20) for _ in range(2))
    here.hear(relay, report(), lambda: None)
    _, thread, found = given(database, relay, there)
    if restarts:
        here.hear(relay, report(run=uuid4()), lambda: None)
    else:
        here.leave(relay)
    thread.join(10)
    assert isinstance(found[0], RelaySilentError)
