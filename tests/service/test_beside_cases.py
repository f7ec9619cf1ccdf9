"""What is no case: who writes it, who reads it, and what is for the owner alone. Asked of a real service."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from app.domain import events as ev
from app.service import event_row
from app.service.check import check
from app.system.clock import new_id
from tests.domain.agreements import terms
from tests.service.parts import Person, Shop

ADDED = ev.CustomerAdded(name="Møller's Bakery")
WRITTEN = ev.AgreementWritten(terms=terms())
NOTE = ev.NoteAdded(text="He threw the mouse", certainty=ev.Certainty.VERIFIED)


def push(person: Person, stream: ev.Stream, name: UUID, *bodies: ev.Body) -> list[str]:
    """What the service says to each: the reason, or nothing where it is taken."""
    results = person.push(*(person.event(name, body, stream=stream) for body in bodies))
    return [result.get("reason", "") for result in results]


def test_a_card_is_written_by_any_technician_and_read_by_all_of_them_and_by_no_customer(shop: Shop) -> None:
    kim, sanne, bo, card = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo"), new_id()
    kim.open_case()
    assert push(sanne, ev.Stream.CUSTOMER, card, ADDED, ev.CustomerNoted(text="Rings early")) == ["", ""]
    assert push(bo, ev.Stream.CUSTOMER, card, ev.CareMarked(care=True, text="A bad experience")) == [""]
    assert bo.kinds() == ["case_opened", "customer_added", "customer_noted", "care_marked"]
    assert kim.kinds() == ["case_opened"]
    assert push(kim, ev.Stream.CUSTOMER, card, ev.CustomerNoted(text="I am nice")) == ["Only a technician can do this."]
    assert push(kim, ev.Stream.CUSTOMER, kim.me.id, ADDED) == ["Only a technician can do this."]
    assert check(shop.settings).faults == ()


@pytest.mark.parametrize("who", ["customer", "technician"])
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_no_device_changes_an_agreement_or_says_who_has_it(shop: Shop, who: str) -> None:
    asks = shop.customer("Kim") if who == "customer" else shop.technician("Sanne")
    assert "No device changes an agreement" in push(asks, ev.Stream.AGREEMENT, new_id(), WRITTEN)[0]
    card = new_id()
    push(shop.technician("Bo"), ev.Stream.CUSTOMER, card, ADDED)
    agreed = ev.AgreementAgreed(agreement=new_id(), since=date(2026, 1, 1))
    assert push(asks, ev.Stream.CUSTOMER, card, agreed)[0]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_body_in_the_wrong_stream_and_an_id_of_something_else_are_refused_with_a_sentence(shop: Shop) -> None:
    kim, sanne, card = shop.customer("Kim"), shop.technician("Sanne"), new_id()
    case = kim.open_case()
    assert "does not belong" in push(sanne, ev.Stream.CASE, case, ev.CustomerNoted(text="x"))[0]
    assert "does not belong" in push(sanne, ev.Stream.CUSTOMER, card, ADDED, NOTE)[1]
    assert push(sanne, ev.Stream.CUSTOMER, case, ADDED) == ["That is the id of something else than a customer."]
    assert push(sanne, ev.Stream.CASE, card, NOTE) == ["That is the id of something else than a case."]
    assert push(kim, ev.Stream.CASE, card, ev.CaseOpened(about="?", machine="m"))[0]
    assert check(shop.settings).faults == ()


def test_what_is_for_the_owner_alone_is_brought_by_no_pull_but_theirs(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ev, "FOR_THE_OWNER", (ev.NoteAdded,))
    kim, sanne, bo, olga = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo"), shop.owner("Olga")
    case = kim.open_case()
    assert push(sanne, ev.Stream.CASE, case, NOTE, ev.CaseTaken()) == ["", ""]
    for far in (False, True):
        if far:  # whoever begins now is too far behind to be told with others
            assert set(push(kim, ev.Stream.CASE, case, *[ev.ConsentWithdrawn()] * 60)) == {""}
        for who in (sanne, bo, kim):
            assert who.kinds()[:2] == ["case_opened", "case_taken"]
        assert olga.kinds()[:3] == ["case_opened", "note_added", "case_taken"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_every_customer_may_read_comes_to_each_of_them(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """As articles for customers are."""
    kim, lee, sanne = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne")
    card = uuid4()
    monkeypatch.setattr(event_row, "readers_of", lambda _: ev.Readers.EVERY_CUSTOMER)
    cursors = {who: who.pull()["cursor"] for who in (kim, lee)}
    assert push(sanne, ev.Stream.CUSTOMER, card, ADDED) == [""]
    for who in (kim, lee, sanne):
        assert who.kinds() == ["customer_added"]
    for who, cursor in cursors.items():
        assert len(who.pull(cursor)["events"]) == 1
