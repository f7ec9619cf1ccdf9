"""Both sides over a mailbox: one guess a code, a fresh one after it, and services that try everything."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue

import pytest

from app.domain.errors import BistandError
from app.remote.errors import (
    BusyError,
    NoAnswerError,
    PairingCancelledError,
    PairingError,
    WrongCodeError,
)
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.customer import CodeBurned, CodeShown, CustomerPairing, PairingLimits
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.messages import Confirm, Confirmed, Hello, read, write
from app.remote.pairing.steps import Opening, Paired, Subject
from app.remote.pairing.technician import AnswerLimits, pair
from app.system.clock import SystemClock, new_id
from tests.remote.pairing.mailboxes import Post

SUBJECT = Subject(session=new_id(), case=new_id())
CUSTOMER = public_text(new_key())
TECHNICIAN = public_text(new_key())
QUICK = AnswerLimits(answer_seconds=5, proof_seconds=5)


class Waiting:
    """A customer who waits, and the events that their window would get."""

    def __init__(self, mailbox: Mailbox, limits: PairingLimits, pool: ThreadPoolExecutor) -> None:
        self.events: Queue[CodeShown | CodeBurned] = Queue()
        self.pairing = CustomerPairing(SUBJECT, CUSTOMER, mailbox, self.events.put, SystemClock(), limits)
        self.result: Future[Paired] = pool.submit(self.pairing.run)

    def code(self) -> Code:
        event = self.events.get(timeout=10)
        assert isinstance(event, CodeShown)
        return Code.parse(event.code)

    def burned(self) -> int:
        event = self.events.get(timeout=10)
        assert isinstance(event, CodeBurned)
        return event.left


@contextmanager
def waiting(post: Post, **limits: float) -> Iterator[Waiting]:
    with ThreadPoolExecutor(1) as pool:
        customer = Waiting(post.customer, PairingLimits(**limits), pool)
        try:
            yield customer
        finally:
            customer.pairing.cancel()
            post.technician().post(b"")  # wakes whoever still waits at the mailbox


def try_code(post: Post, code: Code, name: str = "Anna") -> Paired:
    return pair(code, SUBJECT, name=name, key=TECHNICIAN, mailbox=post.technician(), limits=QUICK)


def other_than(code: Code) -> Code:
    return Code(f"{(int(code.digits) + 1) % 10**8:08d}")


def test_the_right_code_pairs_and_both_hold_the_same() -> None:
    post = Post()
    with waiting(post) as customer:
        paired = try_code(post, customer.code())
        assert paired == customer.result.result(10) == Paired("Anna", TECHNICIAN, CUSTOMER)


def test_a_wrong_code_burns_the_right_one_too_and_a_fresh_one_takes_its_place() -> None:
    post = Post()
    with waiting(post) as customer:
        code = customer.code()
        with pytest.raises(WrongCodeError, match="Ask the customer for the fresh one"):
            try_code(post, other_than(code))
        assert customer.burned() == 2
        fresh = customer.code()
        assert fresh != code
        with pytest.raises(WrongCodeError):
            try_code(post, code)
        assert customer.burned() == 1
        assert try_code(post, customer.code()) == customer.result.result(10)


def test_after_three_burnt_codes_the_customer_must_ask_for_more() -> None:
    post = Post()
    with waiting(post) as customer:
        codes = []
        for left in (2, 1, 0):
            codes.append(code := customer.code())
            with pytest.raises(WrongCodeError):
                try_code(post, other_than(code))
            assert customer.burned() == left
        with pytest.raises(WrongCodeError):
            try_code(post, codes[-1])
        assert customer.events.empty()
        customer.pairing.more_codes()
        assert try_code(post, customer.code()) == customer.result.result(10)


def test_a_code_that_has_run_out_is_replaced_and_none_is_burnt() -> None:
    post = Post()
    with waiting(post, code_seconds=0.3) as customer:
        old, new = customer.code(), customer.code()
        assert old != new


def test_an_attempt_that_goes_silent_burns_the_code() -> None:
    post = Post()
    with waiting(post, attempt_seconds=0.3) as customer:
        opening = Opening.begin(SUBJECT, customer.code(), "Anna", TECHNICIAN)
        post.technician().post(write(opening.hello))
        assert customer.burned() == 2


def test_a_second_technician_is_told_to_wait_and_burns_nothing() -> None:
    post = Post()
    with waiting(post) as customer:
        code = customer.code()
        first, second = post.technician(), post.technician()
        first.post(write(Opening.begin(SUBJECT, other_than(code), "Bo", TECHNICIAN).hello))
        assert first.next(5) is not None
        with pytest.raises(BusyError, match="was not used"):
            pair(code, SUBJECT, name="Anna", key=TECHNICIAN, mailbox=second, limits=QUICK)
        assert customer.events.empty()


def test_waiting_is_ended_at_once_from_another_thread() -> None:
    with waiting(Post()) as customer:
        customer.code()
        customer.pairing.cancel()
        with pytest.raises(PairingCancelledError):
            customer.result.result(10)


def test_a_customer_who_is_not_there_is_told_apart() -> None:
    with pytest.raises(NoAnswerError, match="does not answer"):
        pair(Code.fresh(), SUBJECT, name="Anna", key=TECHNICIAN, mailbox=Post().technician(),
             limits=AnswerLimits(answer_seconds=0.2))  # fmt: skip


def test_garbage_and_letters_for_others_are_passed_over() -> None:
    noise = [b"", b"\xff" * 100, b"{}", b"x" * 10_000, write(Confirm(attempt="0" * 32, mac="0" * 64)),
             write(Confirmed(attempt="0" * 32, mac="0" * 64))]  # fmt: skip
    post = Post(lambda body: [*noise, body, *noise], lambda body: [*noise, body, *noise])
    with waiting(post) as customer:
        assert try_code(post, customer.code()) == customer.result.result(10)


def test_a_service_that_repeats_every_letter_changes_nothing() -> None:
    post = Post(lambda body: [body] * 3, lambda body: [body] * 3)
    with waiting(post) as customer:
        assert try_code(post, customer.code()) == customer.result.result(10)


def test_an_old_attempt_sent_again_burns_no_further_code() -> None:
    kept: list[bytes] = []

    def keep(body: bytes) -> list[bytes]:
        kept.append(body)
        return [body]

    post = Post(keep)
    with waiting(post) as customer:
        with pytest.raises(WrongCodeError):
            try_code(post, other_than(customer.code()))
        assert customer.burned() == 2
        fresh = customer.code()
        replayer = post.technician()
        for body in tuple(kept):
            replayer.post(body)
        assert try_code(post, fresh) == customer.result.result(10)


def swap_key(body: bytes) -> list[bytes]:
    message = read(body)
    if isinstance(message, Hello):
        return [write(message.model_copy(update={"key": public_text(new_key())}))]
    return [body]


def swap_name(body: bytes) -> list[bytes]:
    message = read(body)
    return [write(message.model_copy(update={"name": "Mallory"})) if isinstance(message, Hello) else body]


def swap_answer_key(body: bytes) -> list[bytes]:
    message = read(body)
    if message is not None and message.kind == "answer":
        return [write(message.model_copy(update={"key": public_text(new_key())}))]
    return [body]


def drop_proofs(body: bytes) -> list[bytes]:
    return [] if b'"kind":"confirm"' in body else [body]


@pytest.mark.parametrize("courier", [swap_key, swap_name, swap_answer_key, drop_proofs])
def test_a_service_that_meddles_never_completes_a_pairing(courier: Callable[[bytes], list[bytes]]) -> None:
    post = Post(courier, courier)
    with waiting(post, attempt_seconds=0.5) as customer:
        code = customer.code()
        with pytest.raises(PairingError):
            try_code(post, code)
        assert customer.burned() == 2
        assert not customer.result.done()


class Failing:
    """A mailbox whose service is away at first."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._failed = threading.Event()

    def post(self, body: bytes) -> None:
        self._mailbox.post(body)

    def next(self, timeout: float) -> bytes | None:
        if not self._failed.is_set():
            self._failed.set()
            raise BistandError("The service is not reachable.")
        return self._mailbox.next(timeout)


def test_a_service_that_is_away_for_a_moment_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.remote.pairing.customer._RETRY_SECONDS", 0.05)
    post = Post()
    with ThreadPoolExecutor(1) as pool:
        customer = Waiting(Failing(post.customer), PairingLimits(), pool)
        assert try_code(post, customer.code()) == customer.result.result(10)
        post.technician().post(b"")
