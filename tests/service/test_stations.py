"""Further relays as the service sees them: orders out, answers back, and what becomes of those that fall silent."""

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from app.domain.relay import Door, Order, OrderAnswer, OrderKind
from app.service.errors import RelayRefusedError, RelaySilentError
from app.service.stations import LATELY_SECONDS, Stations
from tests.service.on_sqlite import db, db_once  # noqa: F401 - fixtures
from tests.service.parts import KEY, report

DOOR = Door(host="127.0.0.1", port=2222, user="relay", host_key=KEY, forward_port=40001)
ONE, RUN = uuid4(), uuid4()


class Hand:
    """A clock that is set by hand, and a relay that asks when it is told to."""

    def __init__(self, patience: float = 5) -> None:
        self.seconds = 0.0
        self.woken = threading.Event()
        self.stations = Stations(patience=patience, now=lambda: self.seconds)

    def asks(self, *answers: OrderAnswer, run: UUID = RUN, sessions: int = 0) -> int:
        """The relay reports; returns the turn."""
        return self.stations.hear(ONE, report(run=run, sessions=sessions, answers=answers), self.woken.set)


def order() -> Order:
    return Order(id=uuid4(), kind=OrderKind.ADMIT_CUSTOMER, session=uuid4(), key=KEY)


def in_background(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Do it on a thread; what it returned or raised is put into the list."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except (RelaySilentError, RelayRefusedError) as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_an_order_is_fetched_once_and_its_answer_brought_with_the_next_question() -> None:
    hand, wanted = Hand(), order()
    turn = hand.asks()
    thread, found = in_background(lambda: hand.stations.order(ONE, wanted))
    assert hand.woken.wait(5)
    assert hand.stations.answering() == {ONE: 1}
    assert hand.stations.take(ONE, turn) == (wanted,)
    assert hand.stations.take(ONE, turn) == ()
    hand.asks(OrderAnswer(order=wanted.id, door=DOOR), sessions=1)
    thread.join(5)
    assert found == [DOOR]
    assert hand.stations.answering() == {ONE: 1}


def test_a_refusal_comes_in_the_relays_own_words() -> None:
    hand, wanted = Hand(), order()
    hand.asks()
    thread, found = in_background(lambda: hand.stations.order(ONE, wanted))
    assert hand.woken.wait(5)
    hand.asks(OrderAnswer(order=wanted.id, refusal="No port left."))
    thread.join(5)
    assert [str(error) for error in found] == ["No port left."]


def test_an_order_without_an_answer_fails_and_is_not_fetched_later() -> None:
    hand = Hand(patience=0.05)
    hand.asks()
    with pytest.raises(RelaySilentError):
        hand.stations.order(ONE, order())
    assert hand.stations.answering() == {}
    with pytest.raises(RelaySilentError):
        hand.stations.order(ONE, order())
    turn = hand.asks()
    assert hand.stations.answering() == {ONE: 0}
    assert hand.stations.take(ONE, turn) == ()


def test_a_relay_that_was_not_heard_of_lately_is_not_counted_on() -> None:
    hand = Hand()
    hand.asks()
    hand.seconds = LATELY_SECONDS
    assert hand.stations.answering() == {ONE: 0}
    hand.seconds += 0.1
    assert hand.stations.answering() == {}
    hand.stations.tell(ONE, order())
    assert hand.stations.take(ONE, hand.asks()) == ()


@pytest.mark.parametrize("end", [lambda hand: hand.asks(run=uuid4()), lambda hand: hand.stations.leave(ONE)])
def test_a_relay_that_stops_or_starts_anew_leaves_nobody_waiting(end: Callable[[Hand], object]) -> None:
    hand = Hand(patience=30)
    hand.asks()
    thread, found = in_background(lambda: hand.stations.order(ONE, order()))
    assert hand.woken.wait(5)
    end(hand)
    thread.join(5)
    assert isinstance(found[0], RelaySilentError)


def test_only_the_latest_question_gets_orders() -> None:
    hand, told = Hand(), order()
    stale = hand.asks()
    turn = hand.asks()
    hand.stations.tell(ONE, told)
    assert hand.stations.take(ONE, stale) == ()
    assert hand.stations.take(ONE, turn) == (told,)


def test_an_answer_to_nothing_is_nothing() -> None:
    hand = Hand()
    hand.asks(OrderAnswer(order=uuid4(), door=DOOR), OrderAnswer(order=uuid4(), refusal="x"))
    assert hand.stations.answering() == {ONE: 0}
    assert hand.stations.take(uuid4(), 1) == ()
    hand.stations.leave(uuid4())
