"""Several copies of the service on one PostgreSQL: what happens at one is heard at the others, also in bad weather."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest

from app.domain.events import Audience, Certainty, NoteAdded
from app.service.notifier import LOG, Ticket
from tests.service.parts import KEY, Person, Shop, letter
from tests.service.postgres import Postgres, name_of

pytestmark = pytest.mark.parametrize("db", ["postgresql"], indirect=True)

# As the listener is found in the server's own list: its last statement, whatever it waits for.
_LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND query IN ('LISTEN bistand', 'SELECT 1')"

_END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


class Pair:
    """One shop, two copies of its service: Kim, a customer, at the first, Sanne, a technician, at the second."""

    def __init__(self, shop: Shop, postgres: Postgres) -> None:
        self.first, self.second = shop.app, shop.copy()
        self.kim = shop.customer("Kim")
        self.sanne = shop.visitor(shop.technician("Sanne"), self.second.state.url)
        self.case_id = self.kim.open_case()
        self._name = name_of(shop.settings.db or "")
        self._postgres = postgres
        self.await_listeners(2)

    def listeners(self) -> list[int]:
        """The server's processes that listen for this shop."""
        with self._postgres.connected() as connection:
            return [pid for (pid,) in connection.execute(_LISTENERS, (self._name,))]

    def await_listeners(self, count: int, *, but: list[int] | None = None) -> None:
        """Return once so many listen, others than these."""
        wait_until(lambda: len(set(self.listeners()) - set(but or ())) >= count)

    def end(self, *pids: int) -> None:
        """End connections, as a network or a restart of the server would."""
        with self._postgres.connected() as connection:
            for pid in pids:
                connection.execute("SELECT pg_terminate_backend(%s)", (pid,))

    def end_all(self) -> None:
        """End every connection there is."""
        with self._postgres.connected() as connection:
            connection.execute(_END_ALL, (self._name,))

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """The second copy cannot make the connection that it hears on; those that it has for requests stay."""
        database = self.second.state.service.database
        url, before = database._url, self.listeners()
        database._url = url.set(host="127.0.0.1", port=1, query={})
        try:
            self.end(*before)
            yield
        finally:
            database._url = url

    def write(self, text: str = "Hello?") -> None:
        """Kim writes a note at the first copy."""
        note = NoteAdded(text=text, certainty=Certainty.VERIFIED, audience=Audience.CUSTOMER)
        assert "version" in self.kim.push(self.kim.event(self.case_id, note))[0]


@pytest.fixture
def pair(shop: Shop, postgres: Postgres) -> Pair:
    """Two copies that hear each other."""
    return Pair(shop, postgres)


class Waiting:
    """Somebody who asks for news in a thread, again until there are some, and when they came.

    `looked` is how often the service looked for them: once when they ask, and once more each time that it is woken.
    """

    def __init__(self, app: Any, topic: object, ask: Callable[[], list[Any]]) -> None:
        self.asked = 0
        self.moment = 0.0
        self.looked = 0
        self._notifier, self._topic = app.state.service.notifier, topic
        ticket = self._notifier.ticket

        def drawn(about: object) -> Ticket:
            self.looked += about == topic
            drawn_now: Ticket = ticket(about)
            return drawn_now

        self._notifier.ticket = drawn
        self._answer: list[Any] = []

        def wait() -> None:
            while not self._answer and self.asked < 10:
                self.asked += 1
                self._answer = ask()

        self._thread = threading.Thread(target=wait)
        self._thread.start()
        self.await_waiting(1)

    def await_waiting(self, times: int) -> None:
        """Return once they wait, having been looked for so many times."""
        wait_until(lambda: self.looked >= times and self._waits())

    def _waits(self) -> bool:
        ticket = self._notifier._tickets.get(self._topic)
        return bool(ticket and ticket._event._waiters)

    def answered(self) -> list[Any]:
        """The news, well before anybody stops waiting by themselves."""
        self._thread.join(10)
        assert not self._thread.is_alive(), "nobody woke them"
        return self._answer


def wait_until(holds: Callable[[], bool]) -> None:
    """Return once it holds."""
    deadline = time.monotonic() + 20
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline
        pause.wait(0.02)


def pulling(pair: Pair) -> Waiting:
    """Sanne waits at the second copy."""
    return Waiting(pair.second, LOG, _pull(pair.sanne))


def _pull(person: Person) -> Callable[[], list[Any]]:
    cursor = person.pull()["cursor"]

    def pull() -> list[Any]:
        events: list[Any] = person.pull(cursor, wait=25)["events"]
        return events

    return pull


def test_an_event_pushed_through_one_wakes_who_waits_at_the_other(pair: Pair) -> None:
    waiting = pulling(pair)
    pair.write("Psst")
    assert [entry["event"]["body"]["text"] for entry in waiting.answered()] == ["Psst"]


def test_a_letter_posted_at_one_wakes_who_waits_at_the_other(pair: Pair, shop: Shop) -> None:
    session = uuid4()
    offered = pair.kim.http.post("/v1/sessions", json={"session": str(session), "case": str(pair.case_id), "key": KEY})
    assert offered.status_code == 200

    def read() -> list[Any]:
        answer = pair.sanne.http.get(f"/v1/sessions/{session}/mail", params={"wait": 25})
        letters: list[Any] = answer.json()["letters"]
        return letters

    waiting = Waiting(pair.second, session, read)
    pair.kim.http.post(f"/v1/sessions/{session}/mail", json=letter(b"to the other side"))
    assert len(waiting.answered()) == 1


def test_what_one_announces_wakes_the_others_and_not_itself(pair: Pair, shop: Shop) -> None:
    there, here = pulling(pair), Waiting(pair.first, LOG, _pull(shop.visitor(pair.sanne, shop.url)))
    database = pair.first.state.service.database
    with database.write() as connection:
        database.announce(connection, LOG)
    there.await_waiting(2)
    assert here.looked == 1  # its own route wakes it, and an echo would only have it look in vain
    pair.write()
    assert len(there.answered()) == len(here.answered()) == 1


def test_a_lost_connection_is_made_anew_and_news_are_heard_again(pair: Pair) -> None:
    before = pair.listeners()
    pair.end(*before)
    pair.await_listeners(2, but=before)
    waiting = pulling(pair)
    pair.write()
    assert len(waiting.answered()) == 1


def test_while_news_cannot_be_heard_the_other_copy_looks_for_itself(pair: Pair) -> None:
    waiting = pulling(pair)
    with pair.deaf():
        waiting.await_waiting(2)  # the loss itself has it look once
        for _ in range(2):
            pair.write()
            assert len(waiting.answered()) == 1
            waiting = pulling(pair)
        assert len(pair.listeners()) == 1
    pair.await_listeners(2)
    waiting.await_waiting(2)  # so has the return
    pair.write()
    assert len(waiting.answered()) == 1


def test_what_happened_between_a_loss_and_the_next_connection_is_not_missed(pair: Pair) -> None:
    for _ in range(3):
        before = pair.listeners()
        waiting = pulling(pair)
        pair.end(*before)
        pair.write()
        assert len(waiting.answered()) == 1
        pair.await_listeners(2, but=before)


def test_both_copies_go_on_after_the_server_has_dropped_everybody(pair: Pair) -> None:
    before = pair.listeners()
    pair.end_all()
    pair.write("After the restart")
    assert pair.sanne.pull()["events"][-1]["event"]["body"]["text"] == "After the restart"
    pair.await_listeners(2, but=before)
    waiting = pulling(pair)
    pair.write()
    assert len(waiting.answered()) == 1


def test_somebody_elses_words_do_no_harm(pair: Pair, postgres: Postgres, shop: Shop) -> None:
    before = pair.listeners()
    with postgres.connected(name_of(shop.settings.db or "")) as connection:
        for payload in ("", "log", "x y z", "someone " + "A" * 7000, "someone ★"):
            connection.execute("SELECT pg_notify('bistand', %s)", (payload,))
    waiting = pulling(pair)
    pair.write()
    assert len(waiting.answered()) == 1
    assert pair.listeners() == before


def test_a_copy_that_stops_leaves_nobody_who_listens(pair: Pair, shop: Shop) -> None:
    began = time.monotonic()
    shop.stop()
    assert time.monotonic() - began < 10
    wait_until(lambda: len(pair.listeners()) == 1)
    assert [thread.name for thread in threading.enumerate()].count("news") == 1
