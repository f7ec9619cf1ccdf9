"""The first words on a carrier: nobody but the paired two gets past them, and nothing said once serves again."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramiko import Ed25519Key

from app.remote.errors import ConnectionLostError, LinkError, StrangerError, WayOverError, WrongHostKeyError
from app.remote.keys import new_key, public_text
from app.remote.way.greeting import Greeted, be_greeted, greet, new_way_id, send_away, welcome
from app.system.clock import new_id

SESSION = new_id()
HOST, TECHNICIAN = new_key(), new_key()
WAY = new_way_id()


@dataclass
class Outcome:
    """What each side came to: what it learnt, or what it raised."""

    technician: int | LinkError | None = None
    customer: Greeted | LinkError | None = None
    said: list[bytes] = field(default_factory=list)


def _run(
    *,
    key: Ed25519Key = TECHNICIAN,
    host_key: Ed25519Key = HOST,
    expected: Ed25519Key = HOST,
    session: UUID = SESSION,
    change: Callable[[int, bytes], bytes] = lambda _, data: data,
) -> Outcome:
    """A greeting with somebody in between, who may change each message (numbered in the order in which they come)."""
    outcome = Outcome()
    near, near_far = socket.socketpair()
    far_near, far = socket.socketpair()

    def technician() -> None:
        try:
            outcome.technician = greet(
                near, session=session, way=WAY, key=key, customer_key=public_text(expected), heard=7
            )
        except LinkError as error:
            outcome.technician = error
        near.close()

    def customer() -> None:
        try:
            outcome.customer = be_greeted(
                far, session=SESSION, host_key=host_key, admitted=(public_text(new_key()), public_text(TECHNICIAN))
            )
            welcome(far, 11)
        except LinkError as error:
            outcome.customer = error
        far.close()

    threads = [threading.Thread(target=run) for run in (technician, customer)]
    for thread in threads:
        thread.start()
    with suppress(OSError):
        for number, (source, target) in enumerate(((near_far, far_near), (far_near, near_far)) * 2):
            outcome.said.append(source.recv(4096))
            if not outcome.said[-1]:
                break
            target.sendall(change(number, outcome.said[-1]))
    for middle in (near_far, far_near):
        middle.close()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    return outcome


def test_the_paired_two_find_each_other_and_learn_what_was_heard() -> None:
    outcome = _run()
    assert outcome.technician == 11
    assert outcome.customer == Greeted(WAY, public_text(TECHNICIAN), 7)


def test_another_technicians_key_is_sent_away() -> None:
    outcome = _run(key=new_key())
    assert isinstance(outcome.customer, StrangerError)
    assert isinstance(outcome.technician, ConnectionLostError)


def test_another_customers_key_is_noticed_before_anything_is_proved() -> None:
    outcome = _run(host_key=new_key())
    assert isinstance(outcome.technician, WrongHostKeyError)
    assert isinstance(outcome.customer, LinkError)
    assert len(outcome.said) == 3
    assert outcome.said[2] == b""  # no proof was given to them


def test_another_session_s_greeting_does_not_fit() -> None:
    assert isinstance(_run(session=new_id()).technician, WrongHostKeyError)


def test_what_was_said_once_serves_nobody_again() -> None:
    """A relay that has seen a whole greeting plays the technician's part of it to the customer."""
    honest = _run()
    hello, proof = honest.said[0], honest.said[2]
    near, far = socket.socketpair()
    seen: list[LinkError] = []

    def customer() -> None:
        try:
            be_greeted(far, session=SESSION, host_key=HOST, admitted=(public_text(TECHNICIAN),))
        except LinkError as error:
            seen.append(error)

    with near, far:
        thread = threading.Thread(target=customer)
        thread.start()
        near.sendall(hello)
        assert near.recv(4096)
        near.sendall(proof)
        thread.join(20)
    assert isinstance(seen[0], StrangerError)


@settings(max_examples=150)
@given(st.integers(0, 3), st.integers(0, 3000), st.integers(1, 255))
def test_a_changed_message_never_passes_for_another(number: int, place: int, flip: int) -> None:
    """Whoever changes a byte ends the greeting, or nothing but the unsigned counts."""

    def change(at: int, data: bytes) -> bytes:
        if at != number or not data:
            return data
        spot = 2 + place % (len(data) - 2)  # its length is left: a wrong one only makes the other side wait
        return data[:spot] + bytes([data[spot] ^ flip]) + data[spot + 1 :]

    outcome = _run(change=change)
    if isinstance(outcome.customer, Greeted):
        assert (outcome.customer.key, outcome.customer.way) == (public_text(TECHNICIAN), WAY)


@pytest.mark.parametrize("said", [b"", b"\x00\x02{}", b"\xff\xff", b"SSH-2.0-x\r\n", b"\x00\x05[1,2]"])
def test_whoever_says_something_else_is_a_stranger(said: bytes) -> None:
    near, far = socket.socketpair()
    with near, far:
        near.sendall(said)
        near.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionLostError):
            be_greeted(far, session=SESSION, host_key=HOST, admitted=(public_text(TECHNICIAN),))


def test_a_way_that_is_over_is_told_as_that() -> None:
    near, far = socket.socketpair()

    def customer() -> None:
        be_greeted(far, session=SESSION, host_key=HOST, admitted=(public_text(TECHNICIAN),))
        send_away(far)

    with near, far:
        thread = threading.Thread(target=customer)
        thread.start()
        with pytest.raises(WayOverError):
            greet(near, session=SESSION, way=WAY, key=TECHNICIAN, customer_key=public_text(HOST), heard=0)
        thread.join(20)


def test_nothing_secret_is_said() -> None:
    said = b"".join(_run().said)
    for message in said.split(b"{")[1:]:
        assert set(json.loads(b"{" + message[: message.index(b"}") + 1])) <= {
            "heard", "key", "nonce", "over", "signature", "v", "way",
        }  # fmt: skip
