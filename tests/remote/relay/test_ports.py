"""Ports: each once before any comes again, never one that another might still hold, also under load."""

import random
import socket
import threading
from contextlib import ExitStack
from uuid import UUID

import pytest

from app.remote.errors import KeyTextError, RelayError
from app.remote.keys import new_key, public_text
from app.remote.relay.ports import REST_SECONDS, ForwardPorts
from app.remote.relay.relay import Relay
from app.system.clock import new_id


class Moment:
    """A clock that is set by hand, in seconds."""

    seconds = 0.0

    def __call__(self) -> float:
        """The moment."""
        return self.seconds


def some(count: int, moment: Moment) -> ForwardPorts:
    """So many ports, from a range that nobody uses."""
    return ForwardPorts(19_000, 18_999 + count, now=moment)


def test_each_is_handed_out_once_before_any_comes_again() -> None:
    moment = Moment()
    ports = some(50, moment)
    first = [ports.take() for _ in range(25)]
    for port in first:
        ports.give_back(port)
    moment.seconds = 10 * REST_SECONDS
    assert set(first).isdisjoint(ports.take() for _ in range(25))


def test_a_port_rests_for_two_and_a_half_minutes() -> None:
    assert REST_SECONDS >= 150
    moment = Moment()
    ports = some(2, moment)
    one, _other = ports.take(), ports.take()
    ports.give_back(one)
    for seconds in (0.0, REST_SECONDS - 0.1):
        moment.seconds = seconds
        with pytest.raises(RelayError, match="no free port left"):
            ports.take()
    moment.seconds = REST_SECONDS
    assert ports.take() == one
    ports.give_back(one)
    ports.give_back(one)  # twice is once
    ports.give_back(1)


def test_a_listener_that_lives_on_keeps_its_port_from_being_handed_out() -> None:
    moment = Moment()
    ports = some(20, moment)
    taken = [ports.take() for _ in range(20)]
    with ExitStack() as stale:
        for port in taken[:15]:
            stale.enter_context(socket.create_server(("127.0.0.1", port)))
        for port in taken:
            ports.give_back(port)
        moment.seconds = REST_SECONDS
        assert {ports.take() for _ in range(5)} == set(taken[15:])
        with pytest.raises(RelayError):
            ports.take()


def test_no_port_is_anybodys_twice_within_its_rest_whatever_comes_and_goes() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - shown where it fails
    chance, moment = random.Random(seed), Moment()
    ports = some(60, moment)
    held: set[int] = set()
    left: dict[int, float] = {}
    for _ in range(3000):
        moment.seconds += chance.random() * 10
        if held and chance.random() < 0.5:
            port = chance.choice(sorted(held))
            held.discard(port)
            ports.give_back(port)
            left[port] = moment.seconds
            continue
        try:
            port = ports.take()
        except RelayError:
            continue
        assert port not in held
        assert moment.seconds - left.get(port, -REST_SECONDS) >= REST_SECONDS
        held.add(port)


def test_under_load_every_session_has_a_port_of_its_own(relay: Relay) -> None:
    sessions = [new_id() for _ in range(24)]
    taken: list[tuple[UUID, int]] = []

    def come_and_come_again(mine: list[UUID]) -> None:
        for session in mine:
            key = public_text(new_key())
            taken.extend((session, relay.admit_customer(session, key).forward_port) for _ in range(5))

    threads = [threading.Thread(target=come_and_come_again, args=(sessions[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 24 * 5
    assert len({port for _, port in taken}) == 24 * 5
    relay.expel_all(sessions)


def test_a_port_is_its_sessions_as_long_as_a_technicians_key_names_it(relay: Relay) -> None:
    session, customer, technician = new_id(), public_text(new_key()), public_text(new_key())
    first = relay.admit_customer(session, customer).forward_port
    relay.admit_technician(session, technician)
    second = relay.admit_customer(session, customer).forward_port
    assert first in relay._forwards._used  # the technician's key still leads there
    assert relay.admit_technician(session, technician).forward_port == second
    assert first not in relay._forwards._used
    relay.expel(session)
    assert {first, second}.isdisjoint(relay._forwards._used)


def test_a_key_that_is_refused_costs_no_port(relay: Relay) -> None:
    used = len(relay._forwards._used)
    for _ in range(3):
        with pytest.raises(KeyTextError):
            relay.admit_customer(new_id(), "no key")
    assert len(relay._forwards._used) == used
