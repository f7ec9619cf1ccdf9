"""Malformed SSH messages, before and after the login: bounded memory, no crash, no thread that hangs, nothing granted.

`BISTAND_ATTACKS=N` sends N messages instead of 20,000.
"""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import os
import random
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from paramiko.common import MSG_EXT_INFO, MSG_USERAUTH_INFO_RESPONSE

from app.domain.consent import Grants, TerminalGrant
from app.remote.transport import CUSTOMER_WINDOW
from tests.remote.attacks import ssh_corpus as corpus
from tests.remote.attacks.attacker import MIB, PATIENCE, Victim, hang_up, honest_visit, leave, say, victim

MESSAGES = int(os.environ.get("BISTAND_ATTACKS", "20000"))
MOST_GROWN = 64.0
"""MiB that the process under attack may grow by, whatever it is sent."""
SEED = random.SystemRandom().getrandbits(32)


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Victim]:
    """A customer's end where nothing is granted."""
    with victim(tmp_path) as one:
        yield one


def raw(attacked: Victim, rng: random.Random) -> None:
    """One connection of garbage before there are keys."""
    sock = attacked.socket()
    with suppress(OSError):
        for part in corpus.raw(rng):
            sock.sendall(part)
    hang_up(sock)


def stranger(attacked: Victim, rng: random.Random) -> None:
    """One connection that exchanges keys and does not log in."""
    transport = attacked.stranger()
    for _, body in corpus.stream(rng, corpus.BEFORE_LOGIN):
        if not say(transport, body):
            break
    leave(transport)


def technician(attacked: Victim, rng: random.Random) -> None:
    """One connection of the technician's own, gone mad."""
    transport = attacked.technician()
    say(transport, *[corpus.HONEST_OPEN] * corpus.OPENED)
    for _, body in corpus.stream(rng, corpus.AFTER_LOGIN):
        if not say(transport, body):
            break
    leave(transport)


@pytest.mark.timeout(60 + MESSAGES // 50)
@pytest.mark.parametrize(
    ("attack", "share"),
    [(raw, 0.1), (stranger, 0.4), (technician, 0.5)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_message_is_too_much(
    attacked: Victim, attack: Callable[[Victim, random.Random], None], share: float
) -> None:
    print(f"seed {SEED}, {attack.__name__}")
    wanted, round_, largest = int(MESSAGES * share), 0, 0.0
    while (facts := attacked.facts())["messages"] < wanted:
        for number in range(round_, round_ + 25):
            try:
                attack(attacked, random.Random(f"{SEED} {number}"))
            except TimeoutError:
                pytest.fail(f"connection {number} of seed {SEED} hung")
        round_ += 25
        largest = max(largest, attacked.grown)
        assert largest < MOST_GROWN
    assert honest_visit(attacked)
    facts = attacked.at_rest()
    print({**facts, "grown": round(largest, 1)})
    assert facts["threads"] == ["door"]
    assert facts["crashed"] == facts["hung"] == facts["worked"] == []
    assert facts["unknown"] == 0
    if attack is not technician:
        assert (facts["logins"], facts["channels"]) == (1, 1)  # the honest visit's


@pytest.mark.parametrize("kind", [MSG_EXT_INFO, MSG_USERAUTH_INFO_RESPONSE])
def test_a_count_that_is_a_lie_keeps_nobody_busy(attacked: Victim, kind: int) -> None:
    transport = attacked.stranger()
    assert say(transport, bytes([kind]) + corpus.number(2**32 - 1))
    began = time.monotonic()
    leave(transport)
    assert time.monotonic() - began < PATIENCE / 4
    assert attacked.at_rest()["hung"] == []
    assert attacked.grown < MOST_GROWN / 4
    assert honest_visit(attacked)


def test_a_greeting_without_an_end_is_cut_off(attacked: Victim) -> None:
    sock = attacked.socket()
    sent = 0
    with suppress(OSError):
        while sent < 16 * 2**20:
            sent += sock.send(b"x" * 65536)
    assert sent < 2**20
    hang_up(sock)
    assert attacked.grown < MOST_GROWN / 4


def test_floods_of_small_packets_take_no_memory(attacked: Victim) -> None:
    for body in (b"\x02" + bytes(4), b"\x04\x01" + bytes(8), b"\x03" + bytes(4), b"\x5a" + bytes(20)):
        transport = attacked.stranger()
        say(transport, *[body] * 2000)
        leave(transport)
    assert attacked.at_rest()["threads"] == ["door"]
    assert attacked.grown < MOST_GROWN / 4


def test_what_nobody_reads_is_bounded_by_the_window(attacked: Victim) -> None:
    """All sixteen channels are filled, with data and with errors."""
    transport = attacked.technician()
    say(transport, *[corpus.HONEST_OPEN] * 16)
    piece, sent = corpus.text(b"x" * 200_000), 0
    for channel in range(16):
        data = b"\x5e" + corpus.number(channel) + piece
        errors = b"\x5f" + corpus.number(channel) + corpus.number(1) + piece
        sent += 80 * say(transport, *[data] * 80)  # nearly the window
        sent += 80 * say(transport, *[errors] * 80)  # and it once more: too much
    heard(attacked, sent)
    assert attacked.grown < MOST_GROWN + 16 * CUSTOMER_WINDOW / MIB
    transport.shut()


def heard(attacked: Victim, messages: int) -> None:
    """Wait until that many messages were read, or the connection is lost."""
    deadline = time.monotonic() + PATIENCE
    while (facts := attacked.facts())["messages"] < messages and not facts["connections"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_flood_of_variables_is_bounded(tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(minutes=5)
    with victim(tmp_path, Grants(grants=(TerminalGrant(until=until),))) as attacked:
        transport = attacked.technician()
        say(transport, corpus.HONEST_OPEN)
        for number in range(600):
            name = corpus.text(f"LC_{number}".encode())
            say(
                transport,
                b"\x62" + struct.pack(">I", 0) + corpus.text(b"env") + b"\0" + name + corpus.text(b"x" * 2**18),
            )
        heard(attacked, 600)
        assert attacked.grown < MOST_GROWN / 4
        leave(transport)
