"""A mailbox in memory, and what every mailbox must do: the same contract holds for the one over HTTP."""

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from app.remote.pairing.mailbox import Mailbox

Courier = Callable[[bytes], list[bytes]]


def honest(body: bytes) -> list[bytes]:
    return [body]


class MemoryMailbox:
    """One side of a pair. What it posts passes through a courier, who may change, drop or repeat it."""

    def __init__(self, outgoing: list["queue.Queue[bytes]"], incoming: "queue.Queue[bytes]", courier: Courier) -> None:
        self._outgoing = outgoing
        self._incoming = incoming
        self._courier = courier

    def post(self, body: bytes) -> None:
        for carried in self._courier(body):
            for letters in self._outgoing:
                letters.put(carried)

    def next(self, timeout: float) -> bytes | None:
        try:
            return self._incoming.get(timeout=timeout)
        except queue.Empty:
            return None


class Post:
    """A customer's mailbox and any number of technicians', who each see all that the customer says."""

    def __init__(self, to_customer: Courier = honest, to_technicians: Courier = honest) -> None:
        self._to_customer = to_customer
        self._customers: queue.Queue[bytes] = queue.Queue()
        self._technicians: list[queue.Queue[bytes]] = []
        self.customer = MemoryMailbox(self._technicians, self._customers, to_technicians)

    def technician(self) -> MemoryMailbox:
        letters: queue.Queue[bytes] = queue.Queue()
        self._technicians.append(letters)
        return MemoryMailbox([self._customers], letters, self._to_customer)


class MailboxContract(ABC):
    """Inherit, make a fresh pair of sides, and every test here must pass."""

    @abstractmethod
    def sides(self) -> tuple[Mailbox, Mailbox]:
        """The customer's and the technician's side of a new session's mailbox."""

    def test_what_one_side_posts_the_other_gets_in_order(self) -> None:
        customer, technician = self.sides()
        bodies = [b"", b"\x00\xff", "ø".encode(), b"x" * 4096]
        for body in bodies:
            technician.post(body)
        assert [customer.next(5) for _ in bodies] == bodies

    def test_a_side_does_not_get_its_own_letters(self) -> None:
        customer, technician = self.sides()
        customer.post(b"mine")
        assert customer.next(0.05) is None
        assert technician.next(5) == b"mine"

    def test_waiting_ends_after_the_time_given(self) -> None:
        customer, _ = self.sides()
        began = time.monotonic()
        assert customer.next(0.2) is None
        assert 0.15 <= time.monotonic() - began < 20

    def test_waiting_ends_when_a_letter_comes(self) -> None:
        customer, technician = self.sides()
        threading.Timer(0.1, technician.post, [b"here"]).start()
        began = time.monotonic()
        assert customer.next(25) == b"here"
        assert time.monotonic() - began < 15
