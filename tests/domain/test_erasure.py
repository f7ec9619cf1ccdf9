"""What is left of a person who was erased, whatever they and others wrote."""

from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.case import Status, fold
from app.domain.decide import decide
from app.domain.erasure import _REST, NAMING, fitting, names_told, redacted, settled
from app.domain.errors import RefusedError
from app.domain.people import Author, Role
from tests.domain import make
from tests.domain.make import ANNA, BO, CASE, LONE, NOON

OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
LONE_GONE = ev.PersonErased(person=LONE.id, role=Role.CUSTOMER)
ANNA_GONE = ev.PersonErased(person=ANNA.id, role=Role.TECHNICIAN)
OF_THE_SHOP = {ANNA.name, BO.name, "a former customer", "a former technician"}


def texts_in(value: Any) -> set[str]:
    """Every text that stands anywhere in some JSON, but for what is a key."""
    if isinstance(value, dict):
        return set().union(*map(texts_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts_in, value)) if value else set()
    return {value} if isinstance(value, str) else set()


def erased(of: ev.PersonErased, author: Author = OWNER) -> ev.Event:
    """The event of an erasure."""
    return make.event(of, author)


@given(make.events)
def test_nothing_that_anybody_wrote_is_left_of_a_customer(event: ev.Event) -> None:
    left = redacted(event, LONE_GONE)
    words = {"(erased)", "en", "", left.author.role.value, left.author.name, left.stream.value, event.kind, left.kind}
    kept = (
        "certainty audience work session start end corrects awaited ready due offer question earlier fix report place"
    )
    values = {
        value
        for name in (*kept.split(), "place")
        if isinstance(value := left.body.model_dump(mode="json").get(name), str)
    }
    assert texts_in(left.body.model_dump(mode="json")) <= words | values
    assert left.author.name in OF_THE_SHOP
    assert (left.id, left.at, left.device, left.device_seq) == (event.id, event.at, event.device, event.device_seq)
    assert left.author.id == event.author.id


@given(make.events, st.sampled_from([LONE_GONE, ANNA_GONE]))
def test_twice_is_as_good_as_once_and_what_is_left_can_be_read(event: ev.Event, gone: ev.PersonErased) -> None:
    left = redacted(event, gone)
    assert redacted(left, gone) == left
    assert ev.Event.model_validate_json(left.model_dump_json()) == left


@pytest.mark.parametrize(
    "body",
    [
        ev.HandoverOffered(to="anna", tried="A cable", next="Anna knows the drum"),
        ev.ColleagueAsked(text="Is it the drum?", to="Anna"),
        ev.FixPlanned(text="A new drum", owner="Anna", due=NOON.date()),
    ],
)
def test_a_colleague_who_was_named_in_the_talk_about_a_case_is_named_no_more(body: ev.Body) -> None:
    event = make.event(body, BO)
    assert [name.casefold() for name in names_told(event)] == ["anna"]
    assert event.kind in NAMING
    left = redacted(event, ANNA_GONE.model_copy(update={"named": (event.id,)}))
    assert names_told(left) == ("a former technician",)
    assert redacted(event, ANNA_GONE) == event


@given(st.lists(make.events, max_size=12), st.sampled_from([LONE_GONE, ANNA_GONE]))
def test_what_is_charged_for_is_the_same_as_before(events: list[ev.Event], gone: ev.PersonErased) -> None:
    before = fold(CASE, events)
    after = fold(CASE, [*(redacted(event, gone) for event in events), erased(gone)])
    kept = [(work.id, work.start, work.end, work.kind, work.author.id) for work in before.work]
    assert [(work.id, work.start, work.end, work.kind, work.author.id) for work in after.work] == kept
    assert after.seconds_worked == before.seconds_worked


def test_each_kind_has_its_own_answer_to_what_is_left() -> None:
    assert set(_REST) == set(get_args(ev.KnownBody)) - {ev.PersonErased}


def test_the_price_stays_and_what_was_shared_goes() -> None:
    consent = ev.ConsentGiven.model_validate(
        {
            "shares_diagnostics": True,
            "price": "90 EUR",
            "grants": {"grants": [{"capability": "files", "folder": "/home/lone", "until": NOON.isoformat()}]},
        }
    )
    left = redacted(make.event(consent, LONE), LONE_GONE)
    assert left.body == ev.ConsentGiven(shares_diagnostics=True, price="90 EUR")
    assert left.author.name == "a former customer"


def test_of_a_technician_the_name_goes_and_the_work_stays() -> None:
    note = make.event(make.note("Changed the toner"), ANNA)
    left = redacted(note, ANNA_GONE)
    assert left.body == note.body
    assert left.author == ANNA.model_copy(update={"name": "a former technician"})
    assert redacted(make.event(make.note(), BO), ANNA_GONE).author == BO


def test_where_others_named_a_technician_the_name_goes_too() -> None:
    started = ev.SessionStarted(session=uuid4(), technician="Anna", customer_key="c", technician_key="t", relay="own")
    event = make.event(started, LONE)
    left = redacted(event, ANNA_GONE.model_copy(update={"named": (event.id,)})).body
    assert isinstance(left, ev.SessionStarted)
    assert (left.technician, left.technician_key, left.customer_key) == ("a former technician", "", "c")
    assert redacted(event, ANNA_GONE).body == started


def test_a_case_whose_customer_went_is_closed_and_takes_time_alone() -> None:
    case = fold(CASE, [make.opened(), make.event(ev.SessionOffered(session=uuid4()), LONE), erased(LONE_GONE)])
    assert case.status is Status.CLOSED
    assert case.waiting_session is None
    worked = make.event(make.work())
    assert fitting(case, worked) == worked
    ended = ev.SessionEnded(session=uuid4(), reason=ev.EndReason.EXPIRED, seconds=5, recording="a" * 64)
    assert fitting(case, make.event(ended)).body == ended.model_copy(update={"recording": None})
    with pytest.raises(RefusedError, match="Time can still be recorded"):
        fitting(case, make.event(make.note("Lone wrote to me")))
    assert "Lone" not in settled(case, make.event(make.note("Lone wrote to me"))).model_dump_json()


def test_a_case_whose_technician_went_can_be_taken_by_a_colleague() -> None:
    case = fold(CASE, [make.opened(), make.event(ev.CaseTaken()), erased(ANNA_GONE)])
    assert (case.status, case.technician) == (Status.NEW, None)
    decide(case, make.event(ev.CaseTaken(), BO), NOON)


@pytest.mark.parametrize("author", [LONE, ANNA, OWNER])
def test_no_device_erases_anybody(author: Author) -> None:
    case = fold(CASE, [make.opened()])
    with pytest.raises(RefusedError, match="admin erase"):
        decide(case, erased(LONE_GONE, author), NOON)


@pytest.mark.parametrize("author", [LONE, ANNA])
def test_an_erasure_that_is_not_the_owners_word_counts_for_nothing(author: Author) -> None:
    case = fold(CASE, [make.opened(), erased(LONE_GONE, author)])
    assert (case.erased, case.status) == ((), Status.NEW)
