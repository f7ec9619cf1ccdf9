"""Sessions and their mail: who may open, join, end, write and read."""

import threading
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain.events import EndReason, SessionEnded, SessionStarted
from app.domain.people import Role
from app.domain.relay import Door
from tests.service.parts import KEY, NotedRelay, Person, Shop, letter


@pytest.fixture
def shop(shop_once: Shop, relay: NotedRelay) -> Shop:
    """The service that all these tests share, with a fresh relay."""
    shop_once.app.state.service = replace(shop_once.app.state.service, relay=relay)
    return shop_once


def offer(customer: Person, case_id: UUID, session: UUID, key: str = KEY) -> int:
    """Offer a session, and return the status."""
    body = {"session": str(session), "case": str(case_id), "key": key}
    return customer.http.post("/v1/sessions", json=body).status_code


def opened(customer: Person) -> UUID:
    """A session on a case of the customer's."""
    session = uuid4()
    assert offer(customer, customer.open_case(), session) == 200
    return session


def join(person: Person, session: UUID, key: str = KEY) -> int:
    """Join, and return the status."""
    return person.http.post(f"/v1/sessions/{session}/join", json={"key": key}).status_code


def post(person: Person, session: UUID, body: bytes) -> int:
    """Write, and return the status."""
    return person.http.post(f"/v1/sessions/{session}/mail", json=letter(body)).status_code


def read(person: Person, session: UUID, after: int = 0, wait: float = 0) -> list[tuple[str, str]]:
    """Authors and bodies of the letters that this side can read."""
    answer = person.http.get(f"/v1/sessions/{session}/mail", params={"after": after, "wait": wait})
    assert answer.status_code == 200, answer.text
    return [(each["author"], each["body"]) for each in answer.json()["letters"]]


def test_a_door_is_given_to_the_cases_customer_alone(shop: Shop, relay: NotedRelay) -> None:
    kim, lee, sanne = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne")
    case_id, session = kim.open_case(), uuid4()
    assert offer(lee, case_id, session) == 404
    assert offer(sanne, case_id, session) == 403
    assert offer(kim, uuid4(), session) == 404
    assert relay.asked == []
    assert offer(kim, case_id, session) == 200
    assert offer(kim, case_id, session) == 200
    assert relay.asked == [("customer", session, KEY)] * 2


def test_nobody_takes_anothers_session(shop: Shop, relay: NotedRelay) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    session = opened(kim)
    relay.asked.clear()
    assert offer(lee, lee.open_case(), session) == 404
    assert offer(kim, kim.open_case(), session) == 404
    assert lee.http.delete(f"/v1/sessions/{session}").status_code == 404
    assert join(lee, session) == 403
    assert relay.asked == []


def test_a_second_technician_comes_to_a_session_that_is_on_and_nobody_else_does(shop: Shop, relay: NotedRelay) -> None:
    kim, lee, sanne, bo = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne"), shop.technician("Bo")
    case_id, session, own = kim.open_case(), uuid4(), KEY[:-1] + "B"
    assert offer(kim, case_id, session) == 200
    started = SessionStarted(session=session, technician="Sanne", relay="", customer_key="", technician_key="")
    assert join(sanne, session) == 200
    assert kim.push(kim.event(case_id, started))[0]["version"]
    relay.asked.clear()
    assert join(bo, session, own) == 200
    assert relay.asked == [("technician", session, own)]  # each key is let in, none is taken away
    assert post(bo, session, b"x") == post(kim, session, b"y") == 201
    assert read(bo, session) == [("Kim", "eQ==")]
    assert (join(lee, session), post(lee, session, b"z")) == (403, 404)
    assert kim.http.delete(f"/v1/sessions/{session}").status_code == 204
    assert (join(bo, session, own), join(sanne, session)) == (410, 410)


def test_a_session_that_is_over_stays_over(shop: Shop, relay: NotedRelay) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    session = opened(kim)
    assert join(sanne, session) == 200
    for _ in range(2):
        assert sanne.http.delete(f"/v1/sessions/{session}").status_code == 204
    assert relay.asked[-1] == ("expel", session, "")
    assert (join(sanne, session), post(kim, session, b"x")) == (410, 410)
    assert join(sanne, uuid4()) == 404


def test_a_session_that_ends_while_somebody_comes_in_is_left_again(shop: Shop) -> None:
    class Slow(NotedRelay):
        def admit_technician(self, session: UUID, key: str) -> Door:
            shop.end_in_the_database(session)
            return super().admit_technician(session, key)

    relay = Slow()
    shop.app.state.service = replace(shop.app.state.service, relay=relay)
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    session = opened(kim)
    assert join(sanne, session) == 410
    assert relay.asked[-1] == ("expel", session, "")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ssh-ed25519",
        f"{KEY}\n{KEY}",
        f"{KEY}\n",
        f'permitopen="*:*" {KEY}',
        f"{KEY} comment",
        "ssh-rsa " + "A" * 200,
        "ssh-ed25519 " + "A" * 5000,
    ],
)
def test_a_key_is_a_key_and_nothing_more(shop: Shop, relay: NotedRelay, key: str) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    session = opened(kim)
    relay.asked.clear()
    assert offer(kim, kim.open_case(), uuid4(), key) == 422
    assert join(sanne, session, key) == 422
    assert relay.asked == []


def test_without_a_relay_it_says_so(tmp_path: Path, db: str | None) -> None:
    shop = Shop(tmp_path, db=db).start()
    try:
        kim = shop.customer("Kim")
        body = {"session": str(uuid4()), "case": str(kim.open_case()), "key": KEY}
        answer = kim.http.post("/v1/sessions", json=body)
        assert (answer.status_code, answer.json()["type"]) == (503, "no-relay")
        assert "has no relay" in answer.json()["detail"]
    finally:
        shop.close()


def test_what_the_relay_refuses_is_told_in_its_words(shop: Shop, relay: NotedRelay) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    session = opened(kim)
    relay.refusal = "No customer waits there."
    answer = sanne.http.post(f"/v1/sessions/{session}/join", json={"key": KEY})
    assert (answer.status_code, answer.json()["detail"]) == (503, "No customer waits there.")


def test_each_side_reads_what_the_other_wrote(shop: Shop) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    sanne, bo = shop.technician("Sanne"), shop.technician("Bo")
    session = opened(kim)
    post(kim, session, b"1")
    post(sanne, session, b"2")
    post(bo, session, b"3")
    assert read(kim, session) == [("Sanne", "Mg=="), ("Bo", "Mw==")]
    assert read(sanne, session) == read(bo, session) == [("Kim", "MQ==")]
    assert lee.http.get(f"/v1/sessions/{session}/mail").status_code == 404
    assert post(lee, session, b"x") == 404


def test_a_letter_wakes_the_other_side_at_once(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    session = opened(kim)
    found: list[tuple[float, list[tuple[str, str]]]] = []

    def wait() -> None:
        letters = read(sanne, session, wait=20)
        found.append((time.monotonic(), letters))

    reader = threading.Thread(target=wait)
    reader.start()
    reader.join(0.3)
    written = time.monotonic()
    post(kim, session, b"1")
    reader.join(20)
    assert found[0][0] - written < 10  # else it would have waited for all of its twenty
    assert found[0][1] == [("Kim", "MQ==")]


def test_a_mailbox_holds_sixty_four_letters_for_an_hour_each(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    session, other = opened(kim), opened(kim)
    codes = [post(kim if number % 2 else sanne, session, b"x") for number in range(65)]
    assert codes == [201] * 64 + [429]
    assert post(kim, other, b"x") == 201
    shop.clock.advance(minutes=61)
    assert read(sanne, session) == []
    assert post(kim, session, b"y") == 201
    assert read(sanne, session) == [("Kim", "eQ==")]


def test_a_letter_has_sixteen_kibibytes_at_most(shop: Shop) -> None:
    kim = shop.customer("Kim")
    session = opened(kim)
    assert post(kim, session, bytes(16 * 1024)) == 201
    assert post(kim, session, bytes(16 * 1024 + 1)) == 413
    assert kim.http.post(f"/v1/sessions/{session}/mail", json={"body": "no base64!"}).status_code == 422


def test_too_much_mail_in_a_minute_is_stopped_for_that_device_alone(tmp_path: Path, db: str | None) -> None:
    shop = Shop(tmp_path, NotedRelay(), db=db, mails_per_minute=2).start()
    try:
        kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
        session = opened(kim)
        assert [post(kim, session, b"x") for _ in range(3)] == [201, 201, 429]
        assert post(sanne, session, b"x") == 201
    finally:
        shop.close()


def test_numbers_out_of_range_are_no_fault_of_the_service(shop: Shop) -> None:
    kim = shop.customer("Kim")
    session = opened(kim)
    for after in (-1, 2**53 + 1, 10**30):
        assert kim.http.get(f"/v1/sessions/{session}/mail", params={"after": after}).status_code == 422


def test_a_session_is_ended_by_who_takes_part_and_by_the_owner(shop: Shop) -> None:
    kim, lee, sanne, bo = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne"), shop.technician("Bo")
    owner, relay = shop.owner("Ole"), shop.relay_machine("north")
    may = {"customer": kim, "who joined": sanne, "owner": owner}
    may_not = {"another customer": (lee, 404), "a colleague": (bo, 403), "a relay": (relay, 403)}
    for who in may.values():
        session = opened(kim)
        assert join(sanne, session) == 200
        for other, status in may_not.values():
            assert other.http.delete(f"/v1/sessions/{session}").status_code == status
            assert join(sanne, session) == 200  # it is still on
        assert who.http.delete(f"/v1/sessions/{session}").status_code == 204
        assert join(sanne, session) == 410
    assert sanne.http.delete(f"/v1/sessions/{opened(kim)}").status_code == 403  # one of them joined is not all


def test_the_end_of_a_session_is_written_by_who_takes_part_and_by_the_owner(shop: Shop) -> None:
    kim, lee, sanne, bo = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne"), shop.technician("Bo")
    owner, case_id, session = shop.owner("Ole"), kim.open_case(), uuid4()
    owner.me = owner.me.model_copy(update={"role": Role.OWNER})
    assert offer(kim, case_id, session) == 200
    ended = SessionEnded(session=session, reason=EndReason.TECHNICIAN_LEFT, seconds=1)

    def writes(who: Person) -> str | None:
        reason: str | None = who.push(who.event(case_id, ended))[0].get("reason")
        return reason

    assert "not joined" in (writes(sanne) or "")  # it waits, and nobody is in
    assert join(sanne, session) == 200
    assert writes(sanne) is None  # before the customer's word that she is in
    assert "not joined" in (writes(bo) or "")
    started = SessionStarted(session=session, technician="Sanne", relay="", customer_key="", technician_key="")
    assert kim.push(kim.event(case_id, started))[0]["version"]
    assert join(bo, session) == 200  # to look on: the session stays Sanne's
    assert "Sanne is in that session" in (writes(bo) or "")
    assert "somebody else's case" in (writes(lee) or "")
    assert kim.http.delete(f"/v1/sessions/{session}").status_code == 204
    assert "Sanne is in that session" in (writes(bo) or "")
    assert writes(owner) is writes(kim) is writes(sanne) is None
