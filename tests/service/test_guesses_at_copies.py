"""Guessing at a session's code through two copies of the service at once: one guess is one code, wherever it is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Queue
from threading import Barrier
from uuid import uuid4

import pytest

from app.remote.errors import BusyError, NoAnswerError, WrongCodeError
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.customer import CodeBurned, CodeShown, CustomerPairing
from app.remote.pairing.steps import Subject
from app.remote.pairing.technician import AnswerLimits, pair
from app.service import admin
from app.sync.http import Http
from app.sync.mailbox import HttpMailbox
from app.system.clock import SystemClock
from tests.service.parts import KEY, Person, Shop, letter

pytestmark = pytest.mark.parametrize("db", ["postgresql"], indirect=True)

_LIMITS = AnswerLimits(answer_seconds=20, proof_seconds=20)


class Copies:
    """Two copies; Kim waits for help at the first. `events` is what her window would get."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.urls = shop, [shop.url, shop.copy().state.url]
        self.kim = shop.customer("Kim")
        self.subject = Subject(session=uuid4(), case=self.kim.open_case())
        body = {"session": str(self.subject.session), "case": str(self.subject.case), "key": KEY}
        assert self.kim.http.post("/v1/sessions", json=body).status_code == 200
        self.events: Queue[CodeShown | CodeBurned] = Queue()
        self._https: list[Http] = []
        box = self.mailbox(self.kim, 0)
        self.pairing = CustomerPairing(self.subject, public_text(new_key()), box, self.events.put, SystemClock())

    def mailbox(self, person: Person, copy: int) -> HttpMailbox:
        """The session's, as somebody reaches it through one of the copies."""
        self._https.append(Http(self.urls[copy], lambda: person.token))
        return HttpMailbox(self._https[-1], self.subject.session)

    def guess(self, person: Person, copy: int, digits: str) -> str:
        """One guess; how it ended."""
        key, box = public_text(new_key()), self.mailbox(person, copy)
        try:
            pair(Code(digits), self.subject, name=person.me.name, key=key, mailbox=box, limits=_LIMITS)
        except (WrongCodeError, BusyError, NoAnswerError) as error:
            return type(error).__name__
        return "paired"

    def code(self) -> str:
        """The code that is shown next."""
        event = self.events.get(timeout=20)
        assert isinstance(event, CodeShown), event
        return Code.parse(event.code).digits

    def burned(self) -> int:
        """How many more can be burnt, once one was."""
        event = self.events.get(timeout=20)
        assert isinstance(event, CodeBurned), event
        return event.left

    def close(self) -> None:
        """End all."""
        self.pairing.cancel()
        for http in self._https:
            http.close()


@pytest.fixture
def copies(shop: Shop) -> Iterator[Copies]:
    """Two copies, and Kim who waits."""
    copies = Copies(shop)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(copies.pairing.run)
        yield copies
        copies.close()


def other_than(digits: str, by: int) -> str:
    return f"{(int(digits) + by) % 10**8:08d}"


def at_once(*works: Callable[[], str]) -> list[str]:
    """Done at the same moment."""
    ready = Barrier(len(works))

    def run(work: Callable[[], str]) -> str:
        ready.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_code_that_was_burnt_through_one_copy_opens_nothing_at_the_other(copies: Copies) -> None:
    sanne, right = copies.shop.technician("Sanne"), copies.code()
    assert copies.guess(sanne, 1, other_than(right, 1)) == "WrongCodeError"
    assert copies.burned() == 2
    fresh = copies.code()
    assert copies.guess(sanne, 0, right) == "WrongCodeError"
    assert copies.burned() == 1
    assert fresh != copies.code()


def test_guesses_made_at_both_copies_at_once_burn_a_code_each_and_three_in_all(copies: Copies) -> None:
    people = [copies.shop.technician(name) for name in ("Sanne", "Bo")]
    codes, left = [copies.code()], 3
    while left:
        wrong_ones = [other_than(codes[-1], 1), other_than(codes[-1], 2)]
        found = at_once(*(partial(copies.guess, people[copy], copy, wrong_ones[copy]) for copy in (0, 1)))
        wrong = found.count("WrongCodeError")
        assert "paired" not in found
        assert 1 <= wrong <= left
        for _ in range(wrong):
            left -= 1
            assert copies.burned() == left
            if left:
                codes.append(copies.code())
    assert copies.guess(people[0], 1, codes[-1]) in ("WrongCodeError", "NoAnswerError", "BusyError")
    assert copies.events.empty()  # no fourth code without the customer's own word
    copies.pairing.more_codes()
    assert copies.guess(people[1], 1, copies.code()) == "paired"


def test_a_mailbox_is_full_at_both_copies(copies: Copies) -> None:
    sanne = copies.shop.technician("Sanne")
    doors = [sanne, copies.shop.visitor(sanne, copies.urls[1])]
    path = f"/v1/sessions/{copies.subject.session}/mail"

    def post(number: int) -> int:
        return doors[number % 2].http.post(path, json=letter(b"{}")).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(post, range(80)))
    assert codes.count(201) == 64
    assert set(codes) == {201, 429}


def test_an_enrolment_code_given_to_both_at_once_works_at_one(copies: Copies) -> None:
    http = copies.shop.anonymous()

    def enrol(url: str, code: str) -> str:
        return str(http.post(f"{url}/v1/enrol", json={"code": code, "device": str(uuid4())}).status_code)

    for name in ("Ida", "Per", "Eva"):
        code = admin.add_technician(copies.shop.settings, name)
        ends = at_once(*(partial(enrol, url, code) for url in copies.urls * 3))
        assert sorted(ends) == ["200", *["403"] * 5]
