"""What is no case in the store: written, found, rebuilt, erased, and never taken for a case."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain import events as ev
from app.domain.customer import Customer
from app.domain.errors import RefusedError
from app.domain.people import Author, Role
from app.store.store import Store
from tests.store.parts import JENS, METTE, foreign, open_case, opened
from tests.store.test_erasing import everything

OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
CUSTOMER = ev.Stream.CUSTOMER


def with_card(store: Store) -> UUID:
    """A card with something to be found by."""
    card = uuid4()
    for body in (
        ev.CustomerAdded(name="Bageren på Nørrebro"),
        ev.PersonJoined(person=METTE.id, name=METTE.name),
        ev.ContactTold(name="Per Ærø", telephone="12345678"),
        ev.UseTold(what="web site", vendor="Simply", holds="the password"),
        ev.CustomerNoted(text="Rings before six"),
        ev.MachineTold(device=uuid4(), name="Kassen", text="stands in the shop"),
    ):
        store.append(JENS, CUSTOMER, card, body)
    return card


def card_of(store: Store, card: UUID) -> Customer:
    """The card as it stands."""
    found = store.state(CUSTOMER, card)
    assert isinstance(found, Customer)
    return found


def test_a_card_stands_beside_the_cases_and_is_sent_like_them(store: Store) -> None:
    case_id, card = open_case(store), with_card(store)
    assert store.case_ids() == (case_id,)
    assert [row.id for row in store.cases()] == [case_id]
    assert [state.id for state in store.states(CUSTOMER)] == [card]
    assert (card_of(store, card).name, len(card_of(store, card).contacts)) == ("Bageren på Nørrebro", 1)
    assert [event.stream for event in store.outbox(10)].count(CUSTOMER) == 6
    assert not store.state(CUSTOMER, uuid4()).is_begun


@pytest.mark.parametrize("words", ["bageren", "norrebro", "per aero", "12345678", "simply", "before six", "kassen"])
def test_a_card_is_found_by_its_names_contacts_and_notes(store: Store, words: str) -> None:
    card = with_card(store)
    assert {(hit.case_id, hit.title, hit.where) for hit in store.search(words)} == {
        (card, "Bageren på Nørrebro", "customer")
    }


def test_an_id_belongs_to_one_thing_alone(store: Store) -> None:
    case_id, card = open_case(store), with_card(store)
    with pytest.raises(RefusedError, match="something else than a customer"):
        store.append(JENS, CUSTOMER, case_id, ev.CustomerAdded(name="x"))
    with pytest.raises(RefusedError, match="something else than a case"):
        store.append(METTE, ev.Stream.CASE, card, ev.CaseOpened(about="?", machine="m"))


def test_what_is_kept_beside_the_log_of_a_card_comes_back(path: Path) -> None:
    with opened(path) as store:
        with_card(store)
        before = store.search("simply")
        assert store.rebuild().differences == ()
        store._write(lambda connection: connection.execute("DELETE FROM passage"))
        assert [(one.what, one.kept) for one in store.rebuild().differences] == [
            ("search", "0 that the other does not have")
        ]
        assert store.search("simply") == before


def test_of_an_erased_customers_card_nothing_is_left_on_the_disk(path: Path) -> None:
    with opened(path) as store:
        card = with_card(store)
        gone = foreign(card, ev.PersonErased(person=METTE.id, role=Role.CUSTOMER), author=OWNER)
        told = gone.model_copy(update={"stream": CUSTOMER})
        store.receive([ev.Confirmed(version=9, event=told)], f"{'0' * 32}:9")
        assert card_of(store, card).is_gone
        assert store.search("bageren") == store.search("simply") == ()
        with pytest.raises(RefusedError, match="was erased"):
            store.append(JENS, CUSTOMER, card, ev.CustomerNoted(text="again"))
        assert store.rebuild().differences == ()
        assert (store.cases(), store.case_ids()) == ((), ())
    left = everything(path)
    assert [
        word for word in ("Bageren", "Mette", "Ærø", "12345678", "Simply", "before six", "Kassen") if word in left
    ] == []
