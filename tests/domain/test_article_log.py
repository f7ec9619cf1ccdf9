"""Articles are written and changed by all, collide without loss, and are read by customers only while they may."""

from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain import streams
from app.domain.article_log import ArticleLog
from app.domain.errors import RefusedError
from app.domain.knowledge import Readers, suggest
from app.domain.people import Author, Role
from tests.domain import make
from tests.domain.make import ANNA, BO, LONE, NOON

ARTICLE = UUID(int=88)
STAFF, CUSTOMERS = Readers.TECHNICIANS, Readers.CUSTOMERS


def event(body: ev.Body, author: Author = ANNA) -> ev.Event:
    """An event of the usual article."""
    return make.event(body, author, case=ARTICLE).model_copy(update={"stream": ev.Stream.ARTICLE})


def written(
    *based_on: ev.Event, text: str = "Pull it out.", readers: Readers = STAFF, author: Author = ANNA
) -> ev.Event:
    """An edition."""
    body = ev.ArticleWritten(
        title="Paper is jammed", text=text, language="en", topics=frozenset({"Printer"}), readers=readers,
        based_on=tuple(one.id for one in based_on),
    )  # fmt: skip
    return event(body, author)


def withdrawn(*based_on: ev.Event, only_from_customers: bool = False) -> ev.Event:
    """A withdrawal."""
    ids = tuple(one.id for one in based_on)
    return event(ev.ArticleWithdrawn(only_from_customers=only_from_customers, based_on=ids))


def log(*events: ev.Event) -> ArticleLog:
    """The article that these make."""
    made = streams.fold(ev.Stream.ARTICLE, ARTICLE, events)
    assert isinstance(made, ArticleLog)
    return made


def texts(*events: ev.Event) -> tuple[str | None, str | None]:
    """What technicians read, and what customers do."""
    made = log(*events)
    return (
        made.article.text if made.article else None,
        made.for_customers.text if made.for_customers else None,
    )


def test_an_article_is_what_was_written_last() -> None:
    first = written()
    assert texts(first) == ("Pull it out.", None)
    assert texts(first, written(first, text="Push it in.", readers=CUSTOMERS)) == ("Push it in.", "Push it in.")


def test_two_edits_at_once_are_both_kept_and_the_newer_holds_until_somebody_decides() -> None:
    first = written()
    one, other = written(first, text="one"), written(first, text="other", author=BO)
    made = log(first, one, other)
    assert made.editions.collide
    assert [edition.value.text for edition in made.editions.latest if edition.value] == ["one", "other"]
    assert texts(first, one, other) == ("other", None)
    assert made.found == (one, other)
    decided = written(one, other, text="both")
    assert not log(first, one, other, decided).editions.collide
    assert log(first, one, other, decided).found == (decided,)


def test_what_is_taken_from_customers_stays_for_technicians() -> None:
    first = written(readers=CUSTOMERS)
    taken = withdrawn(first, only_from_customers=True)
    assert texts(first, taken) == ("Pull it out.", None)
    assert log(first, taken).article == log(written()).article
    assert log(first, taken).found == (first,)
    secret = written(taken, text="The master code is 12.")
    assert texts(first, taken, secret) == ("The master code is 12.", None)
    again = written(secret, readers=CUSTOMERS)
    assert texts(first, taken, secret, again) == ("Pull it out.", "Pull it out.")


def test_what_is_withdrawn_nobody_reads_or_finds() -> None:
    first = written(readers=CUSTOMERS)
    gone = withdrawn(first)
    assert texts(first, gone) == (None, None)
    assert log(first, gone).found == ()
    assert (log(first, gone).title, log(first, gone).is_begun) == ("Paper is jammed", True)


def test_an_edit_that_crosses_a_withdrawal_is_kept_and_the_collision_shown() -> None:
    first = written()
    gone, edit = withdrawn(first), written(first, text="better", author=BO)
    assert log(first, gone, edit).editions.collide
    assert log(first, edit, gone).editions.collide


def test_an_article_helps_a_case_once() -> None:
    first, case = written(), uuid4()
    helped = [event(ev.ArticleHelped(case=one)) for one in (case, case, uuid4())]
    article = log(first, *helped).article
    assert article is not None
    assert article.helped == 2


@pytest.mark.parametrize(
    ("events", "tried", "says"),
    [
        ((), written(author=LONE), "Only a technician"),
        ((), event(ev.ArticleHelped(case=uuid4())), "no such article"),
        ((), event(ev.UnknownBody(kind="x")), "no such article"),
        ((), withdrawn(written()), "no such article"),
        ((), written(written()), "no such article"),
        ((written(),), written(), "Say which edition"),
        ((written(),), written(written()), "is not there"),
        ((written(),), withdrawn(written()), "is not there"),
        ((written(),), event(ev.PersonErased(person=LONE.id, role=Role.CUSTOMER)), "No device erases"),
        ((written(),), event(ev.CaseTaken()), "does not belong into a stream"),
        ((written(),), event(ev.ArticleHelped(case=uuid4()), LONE), "Only a technician"),
    ],
)
def test_what_may_not_be_written(events: tuple[ev.Event, ...], tried: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        streams.decide(log(*events), tried, NOON)


def test_what_was_taken_from_customers_does_not_come_back_by_an_edit_that_had_not_heard_of_it() -> None:
    first = written(readers=CUSTOMERS)
    taken = withdrawn(first, only_from_customers=True)
    with pytest.raises(RefusedError, match="took this article from customers while you wrote"):
        streams.decide(log(first, taken), written(first, readers=CUSTOMERS, author=BO), NOON)
    streams.decide(log(first, taken), written(taken, readers=CUSTOMERS, author=BO), NOON)


def test_customers_are_told_before_an_article_becomes_technicians_own() -> None:
    first = written(readers=CUSTOMERS)
    with pytest.raises(RefusedError, match="Take it from them first"):
        streams.decide(log(first), written(first), NOON)


_steps = st.lists(
    st.tuples(
        st.sampled_from(["customers", "technicians", "take", "withdraw"]), st.sets(st.integers(0, 9), max_size=3)
    ),
    max_size=6,
)


def _story(steps: list[tuple[str, set[int]]]) -> list[ev.Event]:
    """What the rules let pass of these, each based on any of what there was."""
    first = written(readers=CUSTOMERS)
    told = [first]
    for number, (what, based_on) in enumerate(steps):
        ground = [told[index] for index in based_on if index < len(told)] or [told[-1]]
        tried = {
            "customers": written(*ground, text=f"for all {number}", readers=CUSTOMERS),
            "technicians": written(*ground, text=f"secret {number}"),
            "take": withdrawn(*ground, only_from_customers=True),
            "withdraw": withdrawn(*ground),
        }[what]
        try:
            streams.decide(log(*told), tried, NOON)
        except RefusedError:
            continue
        told.append(tried)
    return told


@given(_steps)
def test_customers_and_technicians_agree_on_what_customers_read(steps: list[tuple[str, set[int]]]) -> None:
    """A customer's device has only the events that are for customers."""
    told = _story(steps)
    theirs = [one for one in told if ev.readers_of(one) is ev.Readers.EVERY_CUSTOMER]
    assert log(*theirs).for_customers == log(*told).for_customers
    assert "secret" not in str(log(*theirs))


@given(_steps)
def test_no_customer_is_ever_shown_what_is_for_technicians(steps: list[tuple[str, set[int]]]) -> None:
    made = log(*_story(steps))
    there = [one for one in (made.article, made.for_customers) if one]
    fits = [one.article for one in suggest(there, "paper", None, {"en"}, for_customer=True)]
    assert all(one.readers is CUSTOMERS and "secret" not in one.text for one in fits)
    assert made.for_customers is None or "secret" not in made.for_customers.text


@given(_steps, st.randoms(use_true_random=False))
def test_what_a_withdrawal_took_is_gone_in_whatever_order_all_came(
    steps: list[tuple[str, set[int]]], random: Random
) -> None:
    """As after a backup, when devices give back what the service had lost."""
    told = _story(steps)
    latest = {edition.id for edition in log(*told).editions.latest}
    told.append(withdrawn(*(one for one in told if one.id in latest)))
    random.shuffle(told)
    assert log(*told).for_customers is None


@given(_steps)
def test_one_more_at_a_time_or_all_at_once_is_the_same(steps: list[tuple[str, set[int]]]) -> None:
    state = streams.empty(ev.Stream.ARTICLE, ARTICLE)
    told = _story(steps)
    for one in told:
        state = streams.advance(state, one)
    assert state == log(*told)
