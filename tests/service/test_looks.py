"""What is looked up for many at once: nobody gets what is another's, nobody an old answer, and all the same page."""

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from app.domain.events import Audience, Certainty, LineCrossed, NoteAdded
from app.service.events import _page
from app.service.looks import Look, Seen, look
from app.service.problems import Problem
from app.service.together import Together
from app.service.tokens import Caller, hash_token
from tests.service.parts import Person, Shop


@pytest.fixture
def shop(shop_once: Shop) -> Shop:
    """One that they share."""
    return shop_once


def caller(person: Person) -> Caller:
    return Caller(person.me, person.device, hash_token(person.token))


def looks(shop: Shop, *asked: tuple[Person, str | None]) -> list[Seen | Exception | None]:
    """What they are told, asked at the same moment."""
    return look(shop.app.state.service.database, [Look(caller(person), after) for person, after in asked])


def note(text: str, audience: Audience = Audience.CUSTOMER) -> NoteAdded:
    return NoteAdded(text=text, certainty=Certainty.VERIFIED, audience=audience)


def pages(found: Sequence[Seen | Exception | None]) -> list[str]:
    assert all(isinstance(each, Seen) for each in found), found
    return [each.page.decode() for each in found if isinstance(each, Seen)]


def until_waiting(shop: Shop) -> None:
    live, pause = shop.app.state.service.live, threading.Event()
    assert any(live.waiting == 1 or pause.wait(0.02) for _ in range(500))


def test_each_is_told_what_they_would_be_told_alone(shop: Shop) -> None:
    kim, lee, sanne, bo = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne"), shop.technician("Bo")
    case_id, other = kim.open_case(), lee.open_case()
    before = sanne.pull()["cursor"]
    kim.push(kim.event(case_id, note("from Kim")))
    middle = sanne.pull()["cursor"]
    sanne.push(sanne.event(case_id, note("for Kim")), sanne.event(other, note("about Lee", Audience.INTERNAL)))
    end = sanne.pull()["cursor"]
    asked = [(who, after) for who in (kim, lee, sanne, bo) for after in (before, middle, end)]
    found = looks(shop, *asked)
    service = shop.app.state.service
    assert pages(found) == [_page(service, caller(who), after)[0].decode() for who, after in asked]
    assert [isinstance(each, Seen) and each.found for each in found] == [
        True, True, False, *[False] * 3, *[True, True, False] * 2,
    ]  # fmt: skip
    assert found[6] is found[9]  # made once for all who may read the same
    told = dict(zip(asked, pages(found), strict=True))
    assert "about Lee" in told[sanne, before]
    assert not any("about Lee" in told[who, before] for who in (kim, lee))
    assert "for Kim" not in told[lee, before]


def test_what_is_wrong_with_one_question_is_told_to_that_one(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    end = sanne.pull()["cursor"]
    stranger = shop.customer("Lee")
    stranger.token = "no such token"
    found = looks(shop, (sanne, end), (sanne, "0" * 32 + ":0"), (stranger, end), (kim, "nonsense"), (kim, end))
    wrong = [each.status_code if isinstance(each, Problem) else None for each in found]
    assert wrong == [None, 409, 401, 409, None]


def test_who_is_far_behind_reads_page_after_page(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id, before = kim.open_case(), sanne.pull()["cursor"]
    kim.push(*(kim.event(case_id, note("again")) for _ in range(51)))
    assert looks(shop, (sanne, before)) == [None]
    assert len(sanne.pull(before, wait=5)["events"]) == 51
    found: list[list[Any]] = []
    lee = shop.customer("Lee")
    thread = threading.Thread(target=lambda: found.append(lee.pull(before, wait=20)["events"]))
    thread.start()  # all of it is for others: she waits as everybody does
    until_waiting(shop)
    lee.open_case()
    thread.join(20)
    assert len(found[0]) == 1


def test_a_customer_waits_on_while_the_news_are_for_others(shop: Shop) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    case_id, other = kim.open_case(), lee.open_case()
    cursor = kim.pull()["cursor"]
    found: list[list[str]] = []

    def wait() -> None:
        events = kim.pull(cursor, wait=20)["events"]
        found.append([entry["event"]["body"]["text"] for entry in events])

    thread = threading.Thread(target=wait)
    thread.start()
    until_waiting(shop)
    lee.push(lee.event(other, note("not for Kim")))
    kim.push(kim.event(case_id, note("hers")))
    thread.join(20)
    assert found == [["hers"]]


@pytest.mark.parametrize(  # told page after page, and with others
    ("db_once", "near"), [("sqlite", 0), ("postgresql", 50)], indirect=["db_once"], scope="module"
)
def test_a_technician_waits_on_until_the_time_is_over_while_the_news_are_for_the_owner(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    monkeypatch.setattr("app.service.looks._NEAR", near)
    kim, sanne, bo, olga = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo"), shop.owner("Olga")
    case_id, live, pause = kim.open_case(), shop.app.state.service.live, threading.Event()
    cursor = bo.pull()["cursor"]
    with ThreadPoolExecutor(2) as pool:
        began = time.monotonic()
        bos, olgas = (pool.submit(who.pull, cursor, wait) for who, wait in ((bo, 1.5), (olga, 20)))
        assert any(live.waiting == 2 or pause.wait(0.02) for _ in range(500))
        (told,) = sanne.push(sanne.event(case_id, LineCrossed(text="He shouted", follow_up="Talk with me")))
        assert [entry["version"] for entry in olgas.result(20)["events"]] == [told["version"]]
        page = bos.result(20)
        assert time.monotonic() - began >= 1.5
    assert page["events"] == []
    assert page["cursor"] == bo.pull(page["cursor"])["cursor"]


def test_what_comes_the_same_moment_is_answered_together_and_no_answer_is_older_than_its_question() -> None:
    asked: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def answer(questions: Sequence[int]) -> list[int | Exception]:
        asked.append(list(questions))
        begun.set()
        assert go_on.wait(10)
        return [ValueError(str(each)) if each == 3 else each * 10 for each in questions]

    async def talk() -> None:
        together: Together[int, int] = Together(answer)
        first = asyncio.create_task(together.ask(1))
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.create_task(together.ask(each)) for each in (2, 3, 4)]
        await asyncio.sleep(0)
        others[2].cancel()  # who has gone is nobody's trouble
        go_on.set()
        assert await first == 10
        assert await others[0] == 20
        with pytest.raises(ValueError, match="3"):
            await others[1]

    asyncio.run(talk())
    assert asked == [[1], [2, 3, 4]]


def test_where_the_answering_fails_all_are_told_and_the_next_are_answered() -> None:
    fails = [True]

    def answer(questions: Sequence[str]) -> list[str | Exception]:
        if fails.pop():
            raise OSError("no database")
        return list(questions)

    async def talk() -> None:
        together: Together[str, str] = Together(answer)
        ends = await asyncio.gather(*map(together.ask, "ab"), return_exceptions=True)
        assert [str(end) for end in ends] == ["no database"] * 2
        fails.append(False)
        assert await together.ask("c") == "c"

    asyncio.run(talk())


@pytest.mark.parametrize("query", ["wait=0&after={}", "wait=0&after={quoted}", "after={}&wait=0", "wait=0.0&after={}"])
def test_the_short_way_and_the_long_one_answer_alike(shop: Shop, query: str) -> None:
    kim = shop.customer("Kim")
    before = kim.pull()["cursor"]
    kim.open_case(f"Case {uuid4()}")
    asked = query.format(before, quoted=before.replace(":", "%3A"))
    answer = kim.http.get(f"/v1/events?{asked}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == kim.pull(before)
    for wrong in ("wait=26", "wait=-1", "wait=99"):
        assert kim.http.get(f"/v1/events?{wrong}").status_code == 422
    assert kim.http.get(f"/v1/events?wait=0&after={'0' * 32}:0").status_code == 409
