"""A pairing for one invited person: nobody of another name comes in by it, nobody after its time."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import Queue

import pytest

from app.remote.errors import NotInvitedError, PairingCancelledError, WrongCodeError
from app.remote.pairing.code import Code
from app.remote.pairing.customer import CodeBurned, CodeShown, CustomerPairing, Invited
from app.remote.pairing.messages import canonical
from app.remote.pairing.steps import Paired
from app.system.clock import SystemClock
from tests.remote.pairing.mailboxes import Courier, Post, honest
from tests.remote.pairing.test_pairing import CUSTOMER, SUBJECT, TECHNICIAN, other_than, try_code


class Inviting:
    """A customer who waits for Bo."""

    def __init__(self, pool: ThreadPoolExecutor, courier: Courier, seconds: float) -> None:
        self.post = Post(to_customer=courier)
        self.events: Queue[CodeShown | CodeBurned] = Queue()
        invited = Invited("Bo", datetime.now(UTC) + timedelta(seconds=seconds))
        self.pairing = CustomerPairing(
            SUBJECT, CUSTOMER, self.post.customer, self.events.put, SystemClock(), invited=invited
        )
        self.result: Future[Paired] = pool.submit(self.pairing.run)

    def code(self) -> Code:
        shown = self.events.get(timeout=10)
        assert isinstance(shown, CodeShown)
        return Code.parse(shown.code)

    def burned(self) -> CodeBurned:
        burned = self.events.get(timeout=10)
        assert isinstance(burned, CodeBurned)
        return burned


@contextmanager
def inviting(courier: Courier = honest, seconds: float = 600) -> Iterator[Inviting]:
    with ThreadPoolExecutor(1) as pool:
        customer = Inviting(pool, courier, seconds)
        try:
            yield customer
        finally:
            customer.pairing.cancel()
            customer.post.technician().post(b"")  # wakes whoever still waits at the mailbox


def renamed(body: bytes) -> list[bytes]:
    """A service that gives whoever comes the name of who is invited."""
    message = json.loads(body) if body else {}
    return [canonical({**message, "name": "Bo"}) if message.get("kind") == "hello" else body]


def test_who_is_invited_comes_in() -> None:
    with inviting() as customer:
        assert try_code(customer.post, customer.code(), "Bo") == Paired("Bo", TECHNICIAN, CUSTOMER)
        assert customer.result.result(10).technician_name == "Bo"


@pytest.mark.parametrize("name", ["Cy", "bo", "Bo.", "Bо", "Bo Larsen"])
def test_the_right_code_under_another_name_is_burnt_and_named(name: str) -> None:
    with inviting() as customer:
        code = customer.code()
        with pytest.raises(NotInvitedError):
            try_code(customer.post, code, name)
        assert customer.burned() == CodeBurned(2, name)
        assert customer.code() != code
        with pytest.raises(WrongCodeError):
            try_code(customer.post, code, "Bo")


def test_another_name_and_a_wrong_code_learn_nothing_of_the_name() -> None:
    with inviting() as customer:
        with pytest.raises(WrongCodeError):
            try_code(customer.post, other_than(customer.code()), "Cy")
        assert customer.burned() == CodeBurned(2)


def test_a_service_cannot_lend_somebody_the_name() -> None:
    with inviting(renamed) as customer:
        with pytest.raises(WrongCodeError):
            try_code(customer.post, customer.code(), "Cy")
        assert customer.burned() == CodeBurned(2)


def test_nobody_comes_after_the_time() -> None:
    with inviting(seconds=1) as customer:
        shown = customer.events.get(timeout=10)
        assert isinstance(shown, CodeShown)
        assert shown.until <= datetime.now(UTC) + timedelta(seconds=1)
        with pytest.raises(PairingCancelledError):
            customer.result.result(10)
        assert customer.events.empty()


def test_the_time_passes_while_no_code_is_shown_too() -> None:
    with inviting(seconds=6) as customer:
        for _ in range(3):
            with pytest.raises(WrongCodeError):
                try_code(customer.post, other_than(customer.code()), "Bo")
            customer.burned()
        with pytest.raises(PairingCancelledError):
            customer.result.result(20)
