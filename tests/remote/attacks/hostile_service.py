"""A service that carries the letters of a pairing and does with them whatever it likes, from a seed."""

import base64
import queue
import random
import threading
from collections.abc import Callable

from spake2 import SPAKE2_A, SPAKE2_B

from app.remote.errors import PairingError
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.messages import (
    Answer,
    Burned,
    Busy,
    Confirm,
    Confirmed,
    Hello,
    Message,
    new_attempt,
    read,
    write,
)
from app.remote.pairing.steps import Answered, Offer, Opening, Subject

STRANGER = public_text(new_key())
"""The key that the service would have both sides believe in."""
_MOST_KEPT = 400


class Chest:
    """Letters of all sessions so far: a service forgets nothing."""

    def __init__(self) -> None:
        self._letters: list[bytes] = []
        self._lock = threading.Lock()

    def put(self, body: bytes) -> None:
        """Keep one."""
        with self._lock:
            self._letters.append(body)
            del self._letters[:-_MOST_KEPT]

    def some(self, rng: random.Random, count: int) -> list[bytes]:
        """Some of them."""
        with self._lock:
            return rng.sample(self._letters, min(count, len(self._letters)))


class HostileService:
    """Two mailboxes and what happens between them. It knows the session and the case, and never the code."""

    def __init__(self, subject: Subject, trick: "Trick", chest: Chest, rng: random.Random) -> None:
        self.subject, self.chest, self.rng = subject, chest, rng
        self.guess = Code(f"{rng.randrange(10**8):08d}")
        self.held: list[bytes] = []
        self.opening: Opening | None = None
        self.answered: Answered | None = None
        self._trick = trick
        self._boxes: dict[bool, queue.Queue[bytes]] = {True: queue.Queue(), False: queue.Queue()}

    def customer(self) -> "Side":
        """The customer's mailbox."""
        return Side(self, for_customer=True)

    def technician(self) -> "Side":
        """The technician's mailbox."""
        return Side(self, for_customer=False)

    def deliver(self, letter: Message | bytes, *, to_customer: bool) -> None:
        """Put a letter of whatever kind into a mailbox."""
        self._boxes[to_customer].put(letter if isinstance(letter, bytes) else write(letter))

    def carry(self, body: bytes, *, to_customer: bool) -> None:
        """One letter, through the trick."""
        self.chest.put(body)
        message = read(body)
        assert message is not None
        for letter in self._trick(self, message, to_customer):
            self.deliver(letter, to_customer=to_customer)

    def take(self, timeout: float, *, to_customer: bool) -> bytes | None:
        """The next letter."""
        try:
            return self._boxes[to_customer].get(timeout=timeout)
        except queue.Empty:
            return None


class Side:
    """One party's mailbox at the service."""

    def __init__(self, service: HostileService, *, for_customer: bool) -> None:
        self._service = service
        self._for_customer = for_customer

    def post(self, body: bytes) -> None:
        self._service.carry(body, to_customer=not self._for_customer)

    def next(self, timeout: float) -> bytes | None:
        return self._service.take(timeout, to_customer=self._for_customer)


Trick = Callable[[HostileService, Message, bool], list[Message | bytes]]
"""What is delivered in place of one letter. The flag says whether it is for the customer."""


def honest(_service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Nothing at all."""
    return [message]


def swapping(kinds: tuple[type, ...], field: str, value: Callable[[HostileService], str]) -> Trick:
    """Put another value into one field of these messages."""

    def trick(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
        return [message.model_copy(update={field: value(service)}) if isinstance(message, kinds) else message]

    return trick


def dropping(*kinds: type) -> Trick:
    """Lose these messages."""

    def trick(_service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
        return [] if isinstance(message, kinds) else [message]

    return trick


def repeat(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Deliver everything several times."""
    return [message] * service.rng.randint(2, 4)


def reorder(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Deliver what came before once more, then what came now, in any order."""
    service.held.append(write(message))
    letters: list[Message | bytes] = [message, *service.held]
    service.rng.shuffle(letters)
    return letters


def replay(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Letters of this and of other sessions before and after the real one."""
    old: list[Message | bytes] = list(service.chest.some(service.rng, 6))
    return [*old[:3], message, *old[3:]]


def replay_alone(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Letters of other sessions in place of the real ones, made to look like answers to this one."""
    letters: list[Message | bytes] = []
    for body in service.chest.some(service.rng, 20):
        old = read(body)
        if old is not None and old.kind == message.kind:
            letters.append(old.model_copy(update={"attempt": message.attempt}))
    return letters or [message]


def send_own_key_back(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Give the technician their own key as the customer's."""
    if isinstance(message, Hello):
        service.held = [message.key.encode()]
    return [message.model_copy(update={"key": service.held[0].decode()}) if isinstance(message, Answer) else message]


def reflect(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Give the technician their own proof back as the customer's."""
    if not isinstance(message, Confirm):
        return [message]
    service.deliver(Confirmed(attempt=message.attempt, mac=message.mac), to_customer=False)
    return []


def guess_towards_the_customer(service: HostileService, message: Message, to_customer: bool) -> list[Message | bytes]:
    """Be the technician, with a code out of the air."""
    if isinstance(message, Hello):
        service.opening = Opening.begin(service.subject, service.guess, message.name, STRANGER)
        return [service.opening.hello]
    if isinstance(message, Answer) and service.opening is not None:
        try:
            service.deliver(service.opening.answered(message).confirm, to_customer=True)
        except PairingError:
            return []
    return [] if to_customer else [message]


def guess_towards_the_technician(service: HostileService, message: Message, to_customer: bool) -> list[Message | bytes]:
    """Be the customer, with a code out of the air."""
    if isinstance(message, Hello):
        service.answered = Offer.begin(service.subject, STRANGER).greeted(message)
        service.deliver(service.answered.answer, to_customer=False)
        return []
    if isinstance(message, Confirm) and service.answered is not None:
        forged = Confirmed(attempt=message.attempt, mac=service.rng.randbytes(32).hex())
        service.deliver(forged, to_customer=False)
    return [] if to_customer else [message]


def lie_about_the_end(service: HostileService, message: Message, _to_customer: bool) -> list[Message | bytes]:
    """Tell the technician that it failed, or that somebody else is at it."""
    if isinstance(message, Answer | Confirmed):
        return [service.rng.choice((Burned, Busy))(attempt=message.attempt), message]
    return [message]


def _half(side: type) -> Callable[[HostileService], str]:
    def make(service: HostileService) -> str:
        spake = side(
            service.guess.digits.encode(), service.subject.role("technician"), service.subject.role("customer")
        )
        return base64.b64encode(spake.start()).decode()

    return make


TRICKS: dict[str, Trick] = {
    "the technician's key swapped": swapping((Hello,), "key", lambda _: STRANGER),
    "the customer's key swapped": swapping((Answer,), "key", lambda _: STRANGER),
    "both keys swapped": swapping((Hello, Answer), "key", lambda _: STRANGER),
    "the technician's half swapped": swapping((Hello,), "pake", _half(SPAKE2_A)),
    "the customer's half swapped": swapping((Answer,), "pake", _half(SPAKE2_B)),
    "the name swapped": swapping((Hello,), "name", lambda _: "Mallory"),
    "the attempt swapped": swapping((Hello, Confirm), "attempt", lambda _: new_attempt()),
    "the technician's proof swapped": swapping((Confirm,), "mac", lambda service: service.rng.randbytes(32).hex()),
    "the customer's proof swapped": swapping((Confirmed,), "mac", lambda service: service.rng.randbytes(32).hex()),
    "its own key sent back": send_own_key_back,
    "its own proof sent back": reflect,
    "hello lost": dropping(Hello),
    "answer lost": dropping(Answer),
    "proof lost": dropping(Confirm),
    "last proof lost": dropping(Confirmed),
    "everything repeated": repeat,
    "everything out of order": reorder,
    "old letters between": replay,
    "old letters instead": replay_alone,
    "a guess at the customer": guess_towards_the_customer,
    "a guess at the technician": guess_towards_the_technician,
    "a lie about the end": lie_about_the_end,
    "nothing": honest,
}
HARMLESS = frozenset({"nothing", "everything repeated"})
"""These change nothing that counts: a pairing is to come about. A service can always see to it that none does."""
