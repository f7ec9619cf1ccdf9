"""One mailbox for one pairing after another: no letter twice, none lost between two, none from before."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import BistandError
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.turns import Turns
from tests.remote.pairing.mailboxes import MailboxContract, Post


class TestATurnIsAMailbox(MailboxContract):
    """As any other."""

    def sides(self) -> tuple[Mailbox, Mailbox]:
        """The customer's first turn."""
        post = Post()
        return Turns(post.customer).next_turn(), post.technician()


class TestALaterTurnIsAMailbox(MailboxContract):
    """Whatever came before."""

    def sides(self) -> tuple[Mailbox, Mailbox]:
        """The customer's third turn."""
        post = Post()
        technician, turns = post.technician(), Turns(post.customer)
        for _ in range(2):
            turns.next_turn()
            technician.post(b"for nobody")
        return turns.next_turn(), technician


class _Watched:
    """Tells when somebody begins to wait at the mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self.waits = threading.Event()

    def post(self, body: bytes) -> None:
        self._mailbox.post(body)

    def next(self, timeout: float) -> bytes | None:
        self.waits.set()
        return self._mailbox.next(timeout)


def test_what_one_who_is_done_fetches_still_goes_to_the_next() -> None:
    post = Post()
    watched = _Watched(post.customer)
    turns, technician = Turns(watched), post.technician()
    first = turns.next_turn()
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(first.next, 20)
        assert watched.waits.wait(10)
        second = turns.next_turn()
        got = pool.submit(second.next, 20)
        technician.post(b"for the second")
        assert got.result(10) == b"for the second"
        assert late.result(10) is None
    assert first.next(5) is None  # at once: it is not its turn


def test_what_was_written_while_nobody_paired_is_read_away() -> None:
    post = Post()
    turns, technician = Turns(post.customer), post.technician()
    turns.next_turn()
    for number in range(20):
        technician.post(f"old {number}".encode())
    turn = turns.next_turn()
    technician.post(b"new")
    assert turn.next(5) == b"new"
    assert turn.next(0.05) is None


class _Failing:
    """A service that does not answer."""

    def post(self, body: bytes) -> None:
        raise BistandError(repr(body))

    def next(self, timeout: float) -> bytes | None:
        raise BistandError(str(timeout))


def test_a_service_that_fails_holds_no_turn_up() -> None:
    turns = Turns(_Failing())
    turns.next_turn()
    turn = turns.next_turn()
    for _ in range(2):
        with pytest.raises(BistandError):
            turn.next(5)
