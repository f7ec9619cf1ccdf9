"""What the two doors let through, and all that they do not: real sshd, real ssh."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.relay import Door
from app.remote.errors import KeyTextError, NotAdmittedError, RelayError
from app.remote.keys import new_key, public_text
from app.remote.relay.door_log import DoorLog
from app.remote.relay.relay import Relay
from app.system.clock import new_id
from tests.remote.relay.clients import Party, echo

PATIENCE = 20
REFUSED = "administratively prohibited"


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    with Relay(None) as running:
        yield running


@pytest.fixture
def customer(tmp_path: Path) -> Party:
    return Party(tmp_path, "customer")


@pytest.fixture
def technician(tmp_path: Path) -> Party:
    return Party(tmp_path, "technician")


@pytest.fixture
def doors(relay: Relay, customer: Party, technician: Party) -> Iterator[tuple[Door, Door]]:
    session = new_id()
    yield relay.admit_customer(session, customer.key), relay.admit_technician(session, technician.key)
    relay.expel(session)


def test_technician_and_customer_meet(doors: tuple[Door, Door], customer: Party, technician: Party) -> None:
    with echo() as target, customer.listening(doors[0], target):
        data = bytes(range(256)) * 4096
        status, output, said = technician.run(doors[1], "-W", f"127.0.0.1:{doors[1].forward_port}", "", data=data)
    assert status == 0, said
    assert output == data


@pytest.mark.parametrize(
    "arguments", [("true",), ("",), ("-tt", "true"), ("-A", "true"), ("-X", "true"), ("-s", "sftp")]
)
@pytest.mark.parametrize("side", [0, 1])
def test_no_door_gives_a_session(
    doors: tuple[Door, Door], customer: Party, technician: Party, side: int, arguments: tuple[str, ...]
) -> None:
    status, output, said = (customer, technician)[side].run(doors[side], *arguments)
    assert status == 255
    assert output == b""
    assert "open failed" in said
    assert "Authenticated to" in said


@pytest.mark.parametrize("target", ["127.0.0.1:{own}", "127.0.0.1:22", "localhost:{own}", "example.org:80", "[::1]:80"])
def test_the_customers_door_opens_nothing_the_other_way(doors: tuple[Door, Door], customer: Party, target: str) -> None:
    status, _, said = customer.run(doors[0], "-W", target.format(own=doors[0].forward_port), "")
    assert status == 255
    assert REFUSED in said


@pytest.mark.parametrize(
    "listen",
    ["127.0.0.1:{other}", "127.0.0.1:0", "0", "{own}", "localhost:{own}", "*:{own}", "0.0.0.0:{own}", "/tmp/x.sock"],
)
def test_a_customer_listens_on_no_other_place(doors: tuple[Door, Door], customer: Party, listen: str) -> None:
    own = doors[0].forward_port
    status, _, said = customer.run(doors[0], "-N", "-R", f"{listen.format(own=own, other=own + 1)}:127.0.0.1:9", "")
    assert status == 255
    assert "remote port forwarding failed" in said


@pytest.mark.parametrize("listen", ["127.0.0.1:{own}", "127.0.0.1:{other}", "0", "/tmp/x.sock"])
def test_a_technician_cannot_listen(doors: tuple[Door, Door], technician: Party, listen: str) -> None:
    own = doors[1].forward_port
    status, _, said = technician.run(doors[1], "-N", "-R", f"{listen.format(own=own, other=own + 1)}:127.0.0.1:9", "")
    assert status == 255
    assert "remote port forwarding failed" in said


@pytest.mark.parametrize(
    "target", ["127.0.0.1:{other}", "127.0.0.1:22", "localhost:{own}", "[::1]:{own}", "example.org:80"]
)
def test_a_technician_reaches_no_other_place(doors: tuple[Door, Door], technician: Party, target: str) -> None:
    own = doors[1].forward_port
    status, _, said = technician.run(doors[1], "-W", target.format(own=own, other=own + 1), "")
    assert status == 255
    assert REFUSED in said


def test_a_second_technician_has_a_key_of_their_own_for_the_same_place_and_no_other(
    relay: Relay, customer: Party, technician: Party, tmp_path: Path
) -> None:
    session, colleague = new_id(), Party(tmp_path, "colleague")
    with echo() as target, customer.listening(relay.admit_customer(session, customer.key), target):
        first = relay.admit_technician(session, technician.key)
        second = relay.admit_technician(session, colleague.key)
        assert first.forward_port == second.forward_port
        for party, door in ((technician, first), (colleague, second), (technician, first)):
            status, output, said = party.run(door, "-W", f"127.0.0.1:{door.forward_port}", "", data=b"hello")
            assert (status, output) == (0, b"hello"), said
        status, _, said = colleague.run(second, "-W", f"127.0.0.1:{second.forward_port + 1}", "")
        assert status == 255
        assert REFUSED in said
        relay.expel(session)
        for party, door in ((technician, first), (colleague, second)):
            assert "Permission denied" in party.run(door, "-N", "")[2]


def test_unknown_keys_and_other_users_stay_out(
    tmp_path: Path, doors: tuple[Door, Door], customer: Party, technician: Party
) -> None:
    stranger = Party(tmp_path, "stranger")
    for party, door, user in (
        (stranger, doors[0], None), (stranger, doors[1], None), (customer, doors[1], None),
        (technician, doors[0], None), (customer, doors[0], "root"), (customer, doors[0], "nobody"),
    ):  # fmt: skip
        status, _, said = party.run(door, "-N", "", user=user)
        assert status == 255
        assert "Permission denied" in said


def test_who_came_in_this_very_moment_is_put_out_too(customer: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows sshd's log may be behind: the link is not known yet when its key comes again."""
    late = threading.Event()
    with Relay(None) as relay, echo() as target:
        session = new_id()
        first = relay.admit_customer(session, customer.key)
        caught_up = DoorLog.catch_up

        def catch_up(log: DoorLog) -> None:
            if not threading.current_thread().name.startswith("relay ") or late.wait(60):
                caught_up(log)

        monkeypatch.setattr(DoorLog, "catch_up", catch_up)
        with customer.listening(first, target) as link:
            relay.admit_customer(session, customer.key)
            late.set()
            link.wait(PATIENCE)


def test_a_customer_who_comes_again_gets_a_new_port_and_loses_the_old_link(relay: Relay, customer: Party) -> None:
    session = new_id()
    first = relay.admit_customer(session, customer.key)
    with echo() as target, customer.listening(first, target) as link:
        second = relay.admit_customer(session, customer.key)
        link.wait(PATIENCE)
        assert second.forward_port != first.forward_port
        with customer.listening(second, target):
            assert relay.admit_technician(session, public_text(new_key())).forward_port == second.forward_port
    relay.expel(session)


def test_expelling_ends_live_connections_and_keeps_the_keys_out(
    relay: Relay, customer: Party, technician: Party, tmp_path: Path
) -> None:
    session, other_session, other = new_id(), new_id(), Party(tmp_path, "other")
    door = relay.admit_customer(session, customer.key)
    technicians_door = relay.admit_technician(session, technician.key)
    with (
        echo() as target,
        other.listening(relay.admit_customer(other_session, other.key), target) as untouched,
        customer.listening(door, target) as link,
    ):
        relay.expel(session)
        link.wait(PATIENCE)
        assert untouched.poll() is None
    assert "Permission denied" in customer.run(door, "-N", "")[2]
    assert "Permission denied" in technician.run(technicians_door, "-N", "")[2]
    relay.expel(session)
    relay.expel(other_session)


def test_a_technician_is_not_admitted_where_no_customer_waits(relay: Relay, technician: Party) -> None:
    with pytest.raises(NotAdmittedError):
        relay.admit_technician(new_id(), technician.key)


def test_a_key_serves_one_session_on_one_side(relay: Relay, customer: Party) -> None:
    session = new_id()
    relay.admit_customer(session, customer.key)
    with pytest.raises(RelayError, match="a key of its own"):
        relay.admit_customer(new_id(), customer.key)
    with pytest.raises(RelayError, match="a key of its own"):
        relay.admit_technician(session, customer.key)
    relay.expel(session)


@pytest.mark.parametrize("key", ["", "no key", "restrict ssh-ed25519 AAAA\nssh-ed25519 BBBB", "ssh-ed25519 AAAA"])
def test_a_key_that_is_none_is_refused(relay: Relay, key: str) -> None:
    with pytest.raises(KeyTextError):
        relay.admit_customer(new_id(), key)


def test_a_crowd_of_technicians_pushes_out_the_oldest_key_alone(relay: Relay, customer: Party) -> None:
    session = new_id()
    relay.admit_customer(session, customer.key)
    for _ in range(20):
        relay.admit_technician(session, public_text(new_key()))
    assert relay.info.sessions == 1
    relay.expel(session)
    assert relay.info.sessions == 0
