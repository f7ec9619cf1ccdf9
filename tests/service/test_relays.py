"""Further relays at the service's routes: who may, which relay a session gets, and how one learns of what is over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from app.domain.relay import OrderKind, RelayReport
from app.service import admin
from app.service.errors import NameTakenError, UnknownRelayError
from tests.service.parts import KEY, NotedRelay, Person, Shop, report


class Station:
    """A further relay that obeys everything, on a thread of its own, until it is told to fall silent."""

    def __init__(self, shop: Shop, name: str, port: int, sessions: int = 0, at: str | None = None) -> None:
        """`at` is the copy of the service that it reports to."""
        machine = shop.relay_machine(name)
        self.person = shop.visitor(machine, at) if at else machine
        self.port = port
        self.done: list[tuple[str, UUID]] = []
        self.held: set[UUID] = set()
        self._sessions = sessions
        self.run = uuid4()
        self._heard = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._obey)
        self._thread.start()
        assert self._heard.wait(10)

    def fall_silent(self) -> None:
        """Ask no more, and say nothing of it."""
        self._over.set()
        self._thread.join(10)

    def ask(self, **more: object) -> httpx.Response:
        """One report."""
        body = report(run=self.run, sessions=self._sessions + len(self.held), held=tuple(self.held)).model_dump(
            mode="json"
        )
        return self.person.http.post("/v1/relays/report", params={"wait": 0.2}, json={**body, **more})

    def _obey(self) -> None:
        answers: list[dict[str, object]] = []
        while not self._over.is_set():
            told = self.ask(answers=answers)
            assert told.status_code == 200, told.text
            self._heard.set()
            answers = [self._answer(order) for order in told.json()["orders"]]

    def _answer(self, order: dict[str, str]) -> dict[str, object]:
        session = UUID(order["session"])
        self.done.append((order["kind"], session))
        if order["kind"] == OrderKind.EXPEL:
            self.held.discard(session)
            return {"order": order["id"]}
        self.held.add(session)
        door = {"host": "127.0.0.1", "port": self.port, "user": "relay", "host_key": KEY, "forward_port": 40001}
        return {"order": order["id"], "door": door}


@pytest.fixture
def shop(tmp_path: Path, db: str | None) -> Iterator[Shop]:
    """A service without a relay of its own."""
    shop = Shop(tmp_path, db=db).start()
    yield shop
    shop.close()


@contextmanager
def stations(*started: Station) -> Iterator[None]:
    try:
        yield
    finally:
        for station in started:
            station.fall_silent()


def offer(customer: Person, case_id: UUID, session: UUID) -> int:
    """Offer a session; the port of the relay that it got, or the status of the refusal."""
    body = {"session": str(session), "case": str(case_id), "key": KEY}
    answer = customer.http.post("/v1/sessions", json=body)
    return int(answer.json()["port"]) if answer.status_code == 200 else answer.status_code


def join(technician: Person, session: UUID) -> int:
    """Join, likewise."""
    answer = technician.http.post(f"/v1/sessions/{session}/join", json={"key": KEY})
    return int(answer.json()["port"]) if answer.status_code == 200 else answer.status_code


def test_each_session_goes_to_the_least_loaded_and_both_parties_meet_there(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id, first, second, third = kim.open_case(), uuid4(), uuid4(), uuid4()
    east, west = Station(shop, "east", 7001), Station(shop, "west", 7002, sessions=2)
    with stations(east, west):
        assert [offer(kim, case_id, session) for session in (first, second)] == [7001, 7001]
        assert offer(kim, case_id, third) in (7001, 7002)  # both hold two by now
        assert [join(sanne, session) for session in (first, second)] == [7001, 7001]
        assert offer(kim, case_id, first) == 7001  # who comes again stays where they were
        assert offer(kim, case_id, uuid4()) in (7001, 7002)


def test_the_services_own_relay_is_one_of_them(shop: Shop) -> None:
    shop.stop()
    own = shop.relay = NotedRelay(sessions=5)
    shop.start()
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id, at_own, at_east = kim.open_case(), uuid4(), uuid4()
    assert offer(kim, case_id, at_own) == 2222
    with stations(Station(shop, "east", 7001)):
        assert offer(kim, case_id, at_east) == 7001
        own.sessions = 0
        assert (join(sanne, at_own), join(sanne, at_east)) == (2222, 7001)
        own.is_open = False
        assert offer(kim, case_id, at_own) == 7001  # its sshd has ended: the session moves
        assert own.asked[-1] == ("expel", at_own, "")


def test_a_session_whose_relay_fell_silent_moves_and_the_technician_follows(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id, session = kim.open_case(), uuid4()
    east, west = Station(shop, "east", 7001), Station(shop, "west", 7002, sessions=9)
    with stations(east, west):
        assert offer(kim, case_id, session) == 7001
        east.fall_silent()
        assert join(sanne, session) == 503  # nobody but the customer moves a session
        assert offer(kim, case_id, session) == 7002
        assert join(sanne, session) == 7002
        assert east.held == {session}
        (order,) = east.ask().json()["orders"]  # it comes back, and hears that the session is elsewhere
        assert (order["kind"], order["session"]) == ("expel", str(session))
        assert ("expel", session) not in west.done


def test_an_end_reaches_the_relay_that_holds_the_session_alone(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id, session, other = kim.open_case(), uuid4(), uuid4()
    east = Station(shop, "east", 7001)
    with stations(east):
        assert [offer(kim, case_id, one) for one in (session, other)] == [7001, 7001]
        assert kim.http.delete(f"/v1/sessions/{session}").status_code == 204
        assert offer(kim, case_id, session) == 410
        assert offer(kim, case_id, uuid4()) == 7001  # orders come in order, so that it has heard of the end
        # Told, and perhaps seen in what it reported meanwhile too: to put out who is out is nothing.
        assert {expelled for order, expelled in east.done if order == "expel"} == {session}


def test_a_relay_that_was_away_hears_of_what_is_over_with_its_first_report(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id, session, other = kim.open_case(), uuid4(), uuid4()
    east = Station(shop, "east", 7001)
    with stations(east):
        assert [offer(kim, case_id, one) for one in (session, other)] == [7001, 7001]
        east.fall_silent()
        assert kim.http.delete(f"/v1/sessions/{session}").status_code == 204
        shop.stop()
        shop.start()  # the service has forgotten all but what is written
        unknown = uuid4()
        orders = east.ask(held=[str(one) for one in (session, other, unknown)]).json()["orders"]
        assert {(order["kind"], order["session"]) for order in orders} == {
            ("expel", str(session)), ("expel", str(unknown)),
        }  # fmt: skip


def test_without_a_relay_that_answers_it_says_so_at_once(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    body = {"session": str(uuid4()), "case": str(case_id), "key": KEY}
    assert kim.http.post("/v1/sessions", json=body).json()["type"] == "no-relay"
    shop.relay_machine("east")
    answer = kim.http.post("/v1/sessions", json=body)
    assert (answer.status_code, answer.json()["type"]) == (503, "relay")
    assert "Try again" in answer.json()["detail"]


def test_forty_offers_that_wait_for_a_silent_relay_hold_up_nobody_else(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    east = Station(shop, "east", 7001)
    east.fall_silent()
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(offer(kim, case_id, uuid4()))) for _ in range(45)]
    for thread in threads:
        thread.start()
    assert kim.http.get("/v1/events", timeout=3).status_code == 200  # they wait for longer
    for thread in threads:
        thread.join(20)
    assert found == [503] * 45


def test_a_revoked_relay_is_out_at_once(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    east = Station(shop, "east", 7001)
    east.fall_silent()
    admin.revoke_relay(shop.settings, "east", shop.clock)
    assert offer(kim, case_id, uuid4()) == 503 or offer(kim, case_id, uuid4()) == 503
    assert east.ask().status_code == 401
    with pytest.raises(UnknownRelayError, match="east"):
        admin.revoke_relay(shop.settings, "east", shop.clock)


def test_a_relay_that_leaves_is_sent_nobody(shop: Shop) -> None:
    kim = shop.customer("Kim")
    east = Station(shop, "east", 7001)
    east.fall_silent()
    assert east.person.http.post("/v1/relays/leave").status_code == 204
    assert offer(kim, kim.open_case(), uuid4()) == 503


def test_a_relays_code_makes_a_relay_and_a_technicians_a_technician(shop: Shop) -> None:
    code = admin.add_relay(shop.settings, "east", shop.clock)
    with pytest.raises(NameTakenError, match="A relay goes by “east”"):
        admin.add_relay(shop.settings, "east", shop.clock)
    others = admin.add_technician(shop.settings, "east", shop.clock)  # another kind of name
    http = shop.anonymous()
    for path, wrong in (("/v1/enrol", code), ("/v1/relays/enrol", others)):
        assert http.post(path, json={"code": wrong, "device": str(uuid4())}).status_code == 403
    for path, right, role in (("/v1/relays/enrol", code, "relay"), ("/v1/enrol", others, "technician")):
        answer = http.post(path, json={"code": right, "device": str(uuid4())})
        assert answer.json()["me"]["role"] == role
        assert http.post(path, json={"code": right, "device": str(uuid4())}).status_code == 403


def test_a_relays_code_works_for_a_day(shop: Shop) -> None:
    code = admin.add_relay(shop.settings, "east", shop.clock)
    shop.clock.advance(hours=24, seconds=1)
    answer = shop.anonymous().post("/v1/relays/enrol", json={"code": code, "device": str(uuid4())})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"held": "x"},
        {"load": {}},
        {"run": 1},
        {"more": 1},
        {"answers": [{"order": str(uuid4()), "refusal": "x" * 501}]},
    ],
)
def test_a_report_that_makes_no_sense_is_refused(shop: Shop, wrong: dict[str, object]) -> None:
    person = shop.relay_machine("east")
    body = report().model_dump(mode="json")
    assert person.http.post("/v1/relays/report", json=body).json() == {"orders": []}
    assert person.http.post("/v1/relays/report", json={**body, **wrong}).status_code == 422


def test_a_report_survives_the_wire() -> None:
    told = report(held=(uuid4(),), sessions=3)
    assert RelayReport.model_validate_json(told.model_dump_json()) == told
