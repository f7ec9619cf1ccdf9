"""Every stream by the same code: what it folds into, which bodies stand in it, and who may write them."""

from typing import get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain import streams
from app.domain.agreement_log import Agreement
from app.domain.article_log import ArticleLog
from app.domain.case import Case
from app.domain.customer import Customer
from app.domain.errors import RefusedError
from app.domain.people import Author, Role
from app.domain.rota_log import Rota
from tests.domain import make
from tests.domain.agreements import terms
from tests.domain.make import ANNA, BO, LONE, NOON

OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
CARD = UUID(int=77)
ADDED = ev.CustomerAdded(name="Møller's Bakery")
WRITTEN = ev.AgreementWritten(terms=terms())
NOTED = ev.CustomerNoted(text="Rings early")


def beside(body: ev.Body, author: Author = ANNA, stream: ev.Stream = ev.Stream.CUSTOMER) -> ev.Event:
    """An event of the usual card, or of another stream with its id."""
    return make.event(body, author, case=CARD).model_copy(update={"stream": stream})


def card(*events: ev.Event) -> Customer:
    """The card that these make."""
    made = streams.fold(ev.Stream.CUSTOMER, CARD, events)
    assert isinstance(made, Customer)
    return made


def agreement(*events: ev.Event) -> Agreement:
    """The agreement that these make."""
    made = streams.fold(ev.Stream.AGREEMENT, CARD, events)
    assert isinstance(made, Agreement)
    return made


def written(based_on: tuple[UUID, ...] = (), author: Author = OWNER, **more: object) -> ev.Event:
    """An edition of the agreement."""
    return beside(ev.AgreementWritten(terms=terms(**more), based_on=based_on), author, ev.Stream.AGREEMENT)


def test_each_body_has_one_home() -> None:
    anywhere = {ev.ContentErased, ev.PersonErased}
    homes = [body for stream in ev.Stream for body in streams._STREAMS[stream].bodies]
    assert sorted(homes, key=str) == sorted(set(get_args(ev.KnownBody)) - anywhere, key=str)


@pytest.mark.parametrize(
    ("stream", "state"),
    [
        (ev.Stream.CASE, Case),
        (ev.Stream.CUSTOMER, Customer),
        (ev.Stream.AGREEMENT, Agreement),
        (ev.Stream.ARTICLE, ArticleLog),
        (ev.Stream.ROTA, Rota),
    ],
)
def test_each_stream_folds_into_a_state_of_its_own(stream: ev.Stream, state: type) -> None:
    assert type(streams.empty(stream, CARD)) is state


_BODIES = st.sampled_from(
    (
        ADDED, NOTED, ev.CustomerChanged(name="M", relation=ev.Relation.IN_HOUSE, based_on=(uuid4(),)),
        ev.PersonJoined(person=LONE.id, name="Lone"), ev.MachineTold(device=UUID(int=5), name="Till"),
        ev.UseTold(what="mail", vendor="V"), ev.CareMarked(care=True, text="!"), ev.EntryRemoved(entry=uuid4()),
        ev.UsualTechnicianNamed(technician=ANNA.id, name="Anna"), ev.CaseTaken(), ev.UnknownBody(kind="new"),
    )
)  # fmt: skip


@given(st.lists(_BODIES, max_size=5))
def test_one_more_at_a_time_or_all_at_once_is_the_same(bodies: list[ev.Body]) -> None:
    events = [beside(body) for body in bodies]
    state = streams.empty(ev.Stream.CUSTOMER, CARD)
    for event in events:
        state = streams.advance(state, event)
    assert state == card(*events)


@pytest.mark.parametrize(
    "event",
    [
        beside(ADDED),
        beside(ADDED, BO),
        beside(ev.UnknownBody(kind="new")),
        beside(ev.EntryRemoved(entry=UUID(int=3))),
        beside(ev.AgreementAgreed(agreement=uuid4(), since=NOON.date()), OWNER),
    ],
)
def test_what_may_happen_on_a_card(event: ev.Event) -> None:
    told = beside(ev.ContactTold(name="Per")).model_copy(update={"id": UUID(int=3)})
    streams.decide(card(beside(ADDED), told), event, NOON)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (beside(NOTED, LONE), "Only a technician"),
        (beside(ev.AgreementAgreed(agreement=uuid4(), since=NOON.date())), "the owner's to say"),
        (beside(ev.CareMarked(care=True, text=" ")), "Say why"),
        (beside(ev.EntryRemoved(entry=uuid4())), "not there any more"),
        (beside(ev.CustomerNoted(text="x", corrects=uuid4())), "not there any more"),
        (beside(ev.CustomerChanged(name="x", relation=ev.Relation.EXTERNAL, based_on=(uuid4(),))), "is not there"),
        (beside(ev.PersonErased(person=LONE.id, role=Role.CUSTOMER)), "No device erases"),
        (beside(ev.CaseTaken()), "does not belong into a stream"),
        (beside(WRITTEN, OWNER), "does not belong into a stream"),
        (beside(NOTED, stream=ev.Stream.CASE), "does not belong to this case"),
        (beside(NOTED).model_copy(update={"stream_id": uuid4()}), "does not belong to this customer"),
    ],
)
def test_what_may_not(event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        streams.decide(card(beside(ADDED)), event, NOON)


def test_a_card_begins_with_its_name() -> None:
    with pytest.raises(RefusedError, match="no such customer yet"):
        streams.decide(card(), beside(NOTED), NOON)
    assert streams.begins(beside(ADDED))
    assert not streams.begins(beside(NOTED))


def test_two_names_given_at_once_are_both_kept_and_the_newer_holds_until_somebody_decides() -> None:
    first = beside(ADDED)
    one, other = (
        beside(ev.CustomerChanged(name=name, relation=ev.Relation.EXTERNAL, based_on=(first.id,)))
        for name in ("Møller & Son", "Møller & Daughter")
    )
    both = card(first, one, other)
    assert (both.name, both.profiles.collide) == ("Møller & Daughter", True)
    assert [edition.value.name for edition in both.profiles.latest] == ["Møller & Son", "Møller & Daughter"]
    decided = ev.CustomerChanged(name="Møller's", relation=ev.Relation.EXTERNAL, based_on=(one.id, other.id))
    assert card(first, one, other, beside(decided)).profiles.collide is False


def test_the_same_card_begun_twice_is_one_card() -> None:
    assert card(beside(ADDED), beside(ADDED, BO)).profiles.collide is False


def test_a_machine_is_known_again_by_its_key_whatever_it_is_called() -> None:
    till, office = UUID(int=5), UUID(int=6)
    made = card(
        beside(ADDED),
        beside(ev.MachineTold(device=till, name="Till", text="Windows 10")),
        beside(ev.MachineTold(device=office, name="Office")),
        beside(ev.MachineTold(device=till, name="Old till", text="in the cellar")),
    )
    assert [(entry.told.device, entry.told.name) for entry in made.machines] == [(till, "Old till"), (office, "Office")]


def test_what_is_corrected_and_removed_stands_no_longer() -> None:
    first = beside(ev.ContactTold(name="Per", telephone="1"))
    better = beside(ev.ContactTold(name="Per", telephone="2", corrects=first.id))
    use = beside(ev.UseTold(what="web site", vendor="Simply", holds="the password", lacks="the invoice address"))
    made = card(beside(ADDED), first, better, use, beside(ev.EntryRemoved(entry=use.id)))
    assert [entry.told.telephone for entry in made.contacts] == ["2"]
    assert made.uses == ()


@pytest.mark.parametrize(
    ("events", "event", "says"),
    [
        ((), written(author=ANNA), "No device changes an agreement"),
        ((), written(author=LONE), "No device changes an agreement"),
        ((), written(special_rate=1), "contradicts itself.*outside the agreement would cost less"),
        ((), written((uuid4(),)), "a change of an agreement that is not there"),
        ((written(),), written(), "Say which edition"),
        ((written(),), written((uuid4(),)), "an edition that is not there"),
    ],
)
def test_what_no_agreement_may_be(events: tuple[ev.Event, ...], event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        streams.decide(agreement(*events), event, NOON)


def test_an_agreement_keeps_its_currency() -> None:
    first = written()
    streams.decide(agreement(first), written((first.id,), hourly_rate=90_000), NOON)
    with pytest.raises(RefusedError, match=r"This agreement is in DKK.*EUR cannot be mixed in"):
        streams.decide(agreement(first), written((first.id,), currency="EUR"), NOON)


def test_two_changes_at_once_collide_and_both_are_kept() -> None:
    first = written()
    dear, cheap = written((first.id,), hourly_rate=90_000), written((first.id,), hourly_rate=70_000)
    made = agreement(first, dear, cheap)
    assert made.editions.collide
    assert [edition.value.hourly_rate for edition in made.editions.latest] == [90_000, 70_000]
    assert made.terms is not None
    assert made.terms.hourly_rate == 70_000
    assert agreement(first, dear, cheap, written((dear.id, cheap.id))).editions.collide is False


def test_work_before_a_change_is_charged_by_what_held_then() -> None:
    first = written(valid_from="2026-01-01")
    made = agreement(first, written((first.id,), valid_from="2026-07-01", hourly_rate=90_000))
    days = (NOON.date().replace(year=2025), NOON.date().replace(month=6), NOON.date().replace(month=7))
    assert [(found := made.terms_on(day)) and found.hourly_rate for day in days] == [80_000, 80_000, 90_000]


def test_the_same_terms_are_the_same_bytes_whatever_order_their_topics_have() -> None:
    one, other = (
        terms(covers=frozenset(topics)) for topics in (["printer", "mail", "network"], ["network", "mail", "printer"])
    )
    assert one.model_dump_json() == other.model_dump_json()
    assert '"covers":["mail","network","printer"]' in one.model_dump_json()


def test_which_agreement_holds_on_a_day() -> None:
    old, new = uuid4(), uuid4()
    day = NOON.date()
    agreed = [
        beside(ev.AgreementAgreed(agreement=name, since=since), OWNER)
        for name, since in ((old, day.replace(month=1)), (new, day.replace(month=7)))
    ]
    made = card(beside(ADDED), *agreed)
    assert made.agreement_on(day.replace(year=2025)) is None
    assert (made.agreement_on(day.replace(month=6)), made.agreement_on(day)) == (old, new)
