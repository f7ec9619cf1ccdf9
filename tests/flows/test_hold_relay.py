"""A further relay at work: a real service, a real sshd, OpenSSH's own clients."""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain.errors import BistandError
from app.domain.relay import Door
from app.flows.errors import RelayNotEnrolledError
from app.flows.hold_relay import HeldRelay, enrol_relay, relay_pass
from app.remote.errors import RelayStoppedError
from app.remote.relay.relay import Relay
from app.service import admin
from app.sync.errors import InsecureServiceError, ServiceRefusedError, UnauthorisedError
from app.sync.relay import RelayClient
from app.system.secrets import MemorySecrets
from tests.remote.relay.clients import Party, echo
from tests.service.parts import Person, Shop

WITHIN = 5.0
"""How soon a key that was taken away must end its connections, in seconds."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A service without a relay of its own."""
    shop = Shop(tmp_path / "shop").start()
    yield shop
    shop.close()


class Held:
    """A further relay, running, and what it complained of."""

    def __init__(self, shop: Shop, name: str = "east", **options: Any) -> None:
        self._leaving = ExitStack()
        self.faults: queue.Queue[BistandError] = queue.Queue()
        passed = enrol_relay(MemorySecrets(), shop.url, admin.add_relay(shop.settings, name))
        self.relay = self._leaving.enter_context(Relay(None, **options))
        client = RelayClient(passed.service, token=lambda: passed.token)
        self.held = HeldRelay(self.relay, client, self.faults.put)
        self._leaving.callback(self.held.close)
        self.held.start()
        assert self.held.wait_until_heard(10)

    def close(self) -> None:
        """End it in good order."""
        self._leaving.close()


@contextmanager
def held(shop: Shop, name: str = "east", **options: Any) -> Iterator[Held]:
    """A further relay, as long as this lasts."""
    running = Held(shop, name, **options)
    try:
        yield running
    finally:
        running.close()


def offer(customer: Person, case_id: UUID, session: UUID, key: str) -> Door:
    """Offer a session."""
    body = {"session": str(session), "case": str(case_id), "key": key}
    answer = customer.http.post("/v1/sessions", json=body)
    assert answer.status_code == 200, answer.text
    return Door.model_validate(answer.json())


def join(technician: Person, session: UUID, key: str) -> Door:
    """Join one."""
    answer = technician.http.post(f"/v1/sessions/{session}/join", json={"key": key})
    assert answer.status_code == 200, answer.text
    return Door.model_validate(answer.json())


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_both_parties_meet_at_a_further_relay_and_come_again_with_the_same_keys(shop: Shop, tmp_path: Path) -> None:
    kim, sanne, session = shop.customer("Kim"), shop.technician("Sanne"), uuid4()
    case_id = kim.open_case()
    customer, technician = Party(tmp_path, "customer"), Party(tmp_path, "technician")
    with held(shop) as one, echo() as target:
        ports = set()
        for _ in range(3):  # the same keys each time
            place = offer(kim, case_id, session, customer.key)
            with customer.listening(place, target):
                way = join(sanne, session, technician.key)
                assert way.forward_port == place.forward_port
                ports.add(way.forward_port)
                status, output, said = technician.run(way, "-W", f"127.0.0.1:{way.forward_port}", "", data=b"hello")
                assert (status, output) == (0, b"hello"), said
                wait_for(lambda: one.held.health.load.waiting == 1)  # the technician has just left
                load = one.held.health.load
                assert (load.sessions, load.customers, load.keys) == (1, 1, 2)
        assert len(ports) == 3
        load = one.held.health.load
        assert (load.admissions, load.refusals) == (6, 0)


def test_a_relay_that_was_started_anew_takes_the_same_session_with_its_new_host_key(shop: Shop, tmp_path: Path) -> None:
    kim, session, customer = shop.customer("Kim"), uuid4(), Party(tmp_path, "customer")
    case_id = kim.open_case()
    with echo() as target:
        with held(shop) as first:
            before = offer(kim, case_id, session, customer.key)
            with customer.listening(before, target) as link:
                first.close()
                link.wait(WITHIN)
        with held(shop, "east again", customers_port=before.port):
            after = offer(kim, case_id, session, customer.key)
            assert (after.port, after.host_key == before.host_key) == (before.port, False)
            with customer.listening(after, target):
                pass


def test_an_end_ends_live_connections_at_a_further_relay(shop: Shop, tmp_path: Path) -> None:
    kim, sanne, session, other = shop.customer("Kim"), shop.technician("Sanne"), uuid4(), uuid4()
    case_id = kim.open_case()
    customer, technician, third = (Party(tmp_path, name) for name in ("customer", "technician", "third"))
    with held(shop), echo() as target:
        untouched_place = offer(kim, case_id, other, third.key)
        place = offer(kim, case_id, session, customer.key)
        with third.listening(untouched_place, target) as untouched, customer.listening(place, target) as link:
            way = join(sanne, session, technician.key)
            with technician.holding(way) as reaching:
                began = time.monotonic()
                assert kim.http.delete(f"/v1/sessions/{session}").status_code == 204
                link.wait(WITHIN)
                reaching.wait(WITHIN)
                assert time.monotonic() - began < WITHIN
            assert untouched.poll() is None
        assert "Permission denied" in customer.run(place, "-N", "")[2]


def test_an_end_that_a_relay_missed_is_done_when_it_is_back(shop: Shop, tmp_path: Path) -> None:
    kim, session, customer = shop.customer("Kim"), uuid4(), Party(tmp_path, "customer")
    case_id = kim.open_case()
    with held(shop) as one, echo() as target:
        place = offer(kim, case_id, session, customer.key)
        with customer.listening(place, target) as link:
            shop.stop()
            wait_for(lambda: not one.held.health.heard)
            assert link.poll() is None  # a service that is away ends nobody's session
            shop.end_in_the_database(session)
            shop.start()
            began = time.monotonic()
            assert one.held.wait_until_heard(10)
            link.wait(WITHIN)
            assert time.monotonic() - began < 2 * WITHIN
        assert one.relay.sessions == 0


def test_keys_run_out_while_the_service_is_away(shop: Shop, tmp_path: Path) -> None:
    kim, session, customer = shop.customer("Kim"), uuid4(), Party(tmp_path, "customer")
    case_id = kim.open_case()
    with held(shop, key_life=timedelta(seconds=3)) as one, echo() as target:
        place = offer(kim, case_id, session, customer.key)
        with customer.listening(place, target) as link:
            shop.stop()
            link.wait(3 + WITHIN)
        assert one.relay.sessions == 0
        assert "Permission denied" in customer.run(place, "-N", "")[2]
        wait_for(lambda: one.held.health.load.refusals == 1)  # sshd's log is read on a thread of its own


def test_a_relay_whose_access_is_taken_away_says_so(shop: Shop) -> None:
    with held(shop) as one:
        admin.revoke_relay(shop.settings, "east")
        shop.stop()
        shop.start()
        assert isinstance(one.faults.get(timeout=20), UnauthorisedError)


def test_a_relay_whose_sshd_has_ended_says_so(shop: Shop) -> None:
    with held(shop) as one:
        one.relay.close()
        shop.stop()
        assert isinstance(one.faults.get(timeout=20), RelayStoppedError)


def test_a_machine_is_a_relay_of_one_service(shop: Shop) -> None:
    secrets = MemorySecrets()
    with pytest.raises(RelayNotEnrolledError, match="bistand admin relay add NAME"):
        relay_pass(secrets, shop.url)
    with pytest.raises(ServiceRefusedError, match="does not work"):
        enrol_relay(secrets, shop.url, "no such code")
    with pytest.raises(InsecureServiceError):
        enrol_relay(secrets, "http://help.example.com", "code")
    passed = enrol_relay(secrets, f"{shop.url}/", admin.add_relay(shop.settings, "east"))
    assert relay_pass(secrets, f"{shop.url}/") == passed
    assert (passed.name, passed.provider) == ("east", "Nørrebro IT")
    with pytest.raises(RelayNotEnrolledError):
        relay_pass(secrets, "https://help.example.com")
