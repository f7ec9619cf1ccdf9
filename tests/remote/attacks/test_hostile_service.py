"""A service that swaps, replays, guesses, reorders and drops, a relay with other keys: nobody but the two is paired.

`BISTAND_ATTACKS=N` makes N / 40 runs instead of 500: 40000 for a thousand.
"""

import os
import queue
import random
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import paramiko
import pytest

from app.domain.errors import BistandError
from app.remote.errors import PairingError, WrongHostKeyError
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.customer import CodeBurned, CodeShown, CustomerPairing, PairingLimits
from app.remote.pairing.steps import Paired, Subject
from app.remote.pairing.technician import AnswerLimits, pair
from app.remote.transport import MIB, inner_transport, log_in
from app.system.clock import SystemClock, new_id
from tests.remote.attacks.hostile_service import HARMLESS, TRICKS, Chest, HostileService

RUNS = int(os.environ.get("BISTAND_ATTACKS", "20000")) // 40
RELAY_RUNS = max(2, RUNS // 10)
SEED = random.SystemRandom().getrandbits(32)
AT_ONCE = 6
CUSTOMER, TECHNICIAN = public_text(new_key()), public_text(new_key())
HONEST = Paired("Anna", TECHNICIAN, CUSTOMER)
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whom each side believes to be paired with, after one run."""

    trick: str
    customer: Paired | None
    technician: Paired | None
    again: bool
    """Whether the right code still held after a wrong one."""


class Customer:
    """The customer's side on a thread of its own."""

    def __init__(self, service: HostileService) -> None:
        self._service = service
        self._events: queue.Queue[CodeShown | CodeBurned] = queue.Queue()
        limits = PairingLimits(attempt_seconds=PATIENCE)
        mailbox = service.customer()
        self._pairing = CustomerPairing(service.subject, CUSTOMER, mailbox, self._events.put, SystemClock(), limits)
        self.paired: Paired | None = None
        self._thread = threading.Thread(target=self._run, name="customer")
        self._thread.start()

    def code(self) -> Code:
        """The code that is shown next."""
        while not isinstance(event := self._events.get(timeout=PATIENCE), CodeShown):
            pass
        return Code.parse(event.code)

    def close(self) -> Paired | None:
        """Give up, unless it is done; whom they are paired with."""
        self._pairing.cancel()
        self._service.deliver(b"", to_customer=True)  # wakes whoever waits for a letter
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.paired

    def _run(self) -> None:
        try:
            self.paired = self._pairing.run()
        except BistandError:
            return


def one_run(number: int, chest: Chest) -> Outcome:
    """One pairing through the service; every fourth time the technician first mistypes the code."""
    rng = random.Random(f"{SEED} {number}")
    name = list(TRICKS)[number % len(TRICKS)]
    mistyped = number % 4 == 3
    service = HostileService(Subject(new_id(), new_id()), TRICKS[name], chest, rng)
    customer = Customer(service)
    again = False
    try:
        code = customer.code()
        technician = attempt(service, Code(f"{(int(code.digits) + 1) % 10**8:08d}") if mistyped else code, name)
        if mistyped:
            assert technician is None
            again = attempt(service, code, name) is not None
    finally:
        paired = customer.close()
    return Outcome(name, paired, technician, again)


def attempt(service: HostileService, code: Code, trick: str) -> Paired | None:
    """The technician tries a code."""
    seconds = PATIENCE if trick in HARMLESS else 0.4
    limits = AnswerLimits(answer_seconds=seconds, proof_seconds=seconds)
    try:
        return pair(code, service.subject, name="Anna", key=TECHNICIAN, mailbox=service.technician(), limits=limits)
    except PairingError:
        return None


@pytest.mark.timeout(60 + RUNS // 5)
def test_nobody_but_the_two_is_ever_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seed {SEED}, {RUNS} runs")
    monkeypatch.setattr("app.remote.pairing.customer._JITTER_SECONDS", 0.0)
    chest = Chest()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda number: one_run(number, chest), range(RUNS)))
    came_about: Counter[str] = Counter()
    for number, outcome in enumerate(outcomes):
        assert outcome.customer in (None, HONEST), (number, outcome)
        assert outcome.technician in (None, HONEST), (number, outcome)
        assert outcome.customer == HONEST or outcome.technician is None, (number, outcome)
        assert not outcome.again, (number, outcome)
        came_about[outcome.trick] += outcome.technician is not None
        if number % 4 == 3:
            assert outcome.customer is outcome.technician is None, (number, outcome)
        elif outcome.trick in HARMLESS:
            assert outcome.customer == outcome.technician == HONEST, (number, outcome)
    print({trick: count for trick, count in came_about.items() if count})
    assert set(came_about) == set(TRICKS) or len(TRICKS) > RUNS
    assert not [thread for thread in threading.enumerate() if thread.name == "customer"]


class Eager(paramiko.ServerInterface):
    """A relay's own server in the customer's place: everybody is welcome. It remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def get_allowed_auths(self, username: str) -> str:
        self.told.append(username)
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.told.append(f"{username} {key.get_name()}")
        return paramiko.common.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self.told.append(f"{kind} {chanid}")
        return paramiko.common.OPEN_SUCCEEDED


def test_a_relay_with_another_key_learns_nothing_and_opens_nothing() -> None:
    for _ in range(RELAY_RUNS):
        server = Eager()
        ours, theirs = socket.socketpair()
        swapper = inner_transport(theirs, "swapper", MIB)
        swapper.add_server_key(new_key())
        swapper.start_server(event=threading.Event(), server=server)
        with pytest.raises(WrongHostKeyError):
            log_in(inner_transport(ours, "technician", MIB), host_key=CUSTOMER, user="bistand", key=new_key())
        swapper.join(PATIENCE)
        swapper.shut()
        assert server.told == []
