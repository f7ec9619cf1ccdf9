"""Articles across machines: changed by two at once, given to customers and taken from them, found and counted."""

from pathlib import Path
from uuid import UUID

import pytest

from app.domain.errors import RefusedError
from app.domain.events import CoverageDecided, Outcome, Reason, Responsibility, Stream, WorkKind
from app.domain.knowledge import Readers
from app.domain.money import Money
from app.flows.article_errors import ArticleFileError, NoSuchArticleEditionError, UnknownArticleError
from app.flows.article_file import markdown, read_article_file
from app.flows.articles import (
    Draft,
    articles_for,
    edit_article,
    helped_on,
    list_articles,
    named_article,
    say_helped,
    tips_for,
    withdraw_article,
    write_article,
)
from app.flows.errors import BadInputError
from app.flows.party import Party
from app.flows.refused import list_refused
from app.flows.search_history import search_history
from app.flows.synchronise import synchronise
from tests.flows.conftest import Town

TIP = Draft(
    title="Paper is jammed", text="Lift the lid of the printer", language="en", topics=frozenset({"printer"}),
    readers=Readers.CUSTOMERS,
)  # fmt: skip
SECRET = Draft(title="The queue is stuck", text="The master code is 1212", language="en", topics=frozenset({"printer"}))


def offline(party: Party) -> None:
    """What is written is not sent yet."""
    party.nudge = lambda: None


def test_two_who_change_an_article_offline_are_both_kept_and_an_edit_decides(town: Town) -> None:
    anna, bo = town.technician("Anna"), town.technician("Bo")
    first = write_article(anna, SECRET)
    synchronise(bo)
    offline(anna)
    offline(bo)
    edit_article(anna, first, Draft(text="Anna's words"))
    edit_article(bo, named_article(bo, str(first.id)), Draft(text="Bo's words"))
    for party in (anna, bo, anna):
        synchronise(party)
    both = named_article(anna, "the queue is stuck")
    assert both == named_article(bo, "The queue is stuck")
    assert both.editions.collide
    assert [edition.value.text for edition in both.editions.latest if edition.value] == ["Anna's words", "Bo's words"]
    assert {hit.snippet.split(" stuck ")[1] for hit in search_history(anna, "words")} == {
        "Anna's words printer", "Bo's words printer",
    }  # fmt: skip
    assert not edit_article(anna, both, Draft(text="What both say")).editions.collide


def test_who_edits_a_file_overwrites_nothing_that_came_meanwhile(town: Town, tmp_path: Path) -> None:
    anna, file = town.technician("Anna"), tmp_path / "article.md"
    first = write_article(anna, SECRET)
    file.write_text(markdown(first) + "\nAnd wait.\n")
    edit_article(anna, first, Draft(text="A colleague's words"))
    read = read_article_file(file)
    assert (read.title, read.text) == ("The queue is stuck", "The master code is 1212\n\nAnd wait.")
    made = edit_article(anna, named_article(anna, str(first.id)), Draft(text=read.text), read.based_on)
    assert made.editions.collide


def test_a_customer_reads_what_is_for_customers_only_while_it_is(town: Town) -> None:
    lone, case_id = town.customer_with_case("My printer hums")
    anna = town.technician("Anna")
    tip, secret = write_article(anna, TIP), write_article(anna, SECRET)
    synchronise(lone)
    synchronise(anna)
    assert [each.article.title for each in tips_for(lone, "the printer hums")] == ["Paper is jammed"]
    assert {each.article.title for each in articles_for(anna, anna.store.case(case_id))} == {tip.title, secret.title}
    assert [log.id for log in list_articles(lone)] == [tip.id]
    assert len(search_history(lone, "lid")) == 1
    with pytest.raises(UnknownArticleError):
        named_article(lone, str(secret.id))
    with pytest.raises(RefusedError, match="Only a technician"):
        write_article(lone, TIP)

    edit_article(anna, tip, Draft(text="The lid opens with 1212", readers=Readers.TECHNICIANS))
    synchronise(lone)
    assert [*tips_for(lone, "the printer hums"), *list_articles(lone)] == []
    assert [*search_history(lone, "lid"), *search_history(lone, "1212")] == []
    with pytest.raises(UnknownArticleError):
        named_article(lone, str(tip.id))
    assert [hit.title for hit in search_history(anna, "lid")] == ["Paper is jammed"]
    assert "1212" not in str(lone.store.state(*_article(tip.id)).timeline)


def test_what_a_colleague_took_from_customers_meanwhile_does_not_come_back(town: Town) -> None:
    anna, bo = town.technician("Anna"), town.technician("Bo")
    tip = write_article(anna, TIP)
    synchronise(bo)
    offline(bo)
    edit_article(bo, named_article(bo, str(tip.id)), Draft(text="Lift the lid, gently"))
    withdraw_article(anna, tip, only_from_customers=True)
    synchronise(bo)
    (refused,) = list_refused(bo)
    assert "took this article from customers" in refused.reason
    assert named_article(bo, str(tip.id)).for_customers is None
    assert edit_article(bo, named_article(bo, str(tip.id)), TIP).for_customers is not None


def test_what_helped_is_counted_once_a_case_by_all_and_comes_first(town: Town) -> None:
    _, case_id = town.customer_with_case("My printer hums")
    anna, bo = town.technician("Anna"), town.technician("Bo")
    write_article(anna, TIP)
    secret = write_article(anna, Draft(title=TIP.title, text=TIP.text, language="da", topics=TIP.topics))
    synchronise(bo)
    offline(anna)
    say_helped(bo, case_id, secret)
    say_helped(anna, case_id, secret)
    synchronise(anna)
    synchronise(bo)
    for party in (anna, bo):
        assert [log.id for log in helped_on(party, case_id)] == [secret.id]
        suggested = articles_for(party, party.store.case(case_id))
        assert [(each.article.language, each.article.helped) for each in suggested] == [("da", 1), ("en", 0)]
        party.store.rebuild()
        assert [each.article.helped for each in articles_for(party, party.store.case(case_id))] == [1, 0]


def test_the_topic_that_was_told_with_the_price_finds_what_fits(town: Town) -> None:
    _, case_id = town.customer_with_case("It hums")
    anna = town.technician("Anna")
    tip = write_article(anna, TIP)
    synchronise(anna)
    assert articles_for(anna, anna.store.case(case_id)) == ()
    told = CoverageDecided(
        topic="Printer", responsibility=Responsibility.UNKNOWN, minutes=10, outcome=Outcome.COVERED,
        reason=Reason.TOPIC_COVERED, work=WorkKind.COVERED, rate=1, likely=Money(amount=1, currency="DKK"),
        sentence="Yes",
    )  # fmt: skip
    anna.write(case_id, told)
    (suggested,) = articles_for(anna, anna.store.case(case_id))
    assert (suggested.article.id, suggested.by_topic) == (tip.id, True)


def test_a_withdrawn_article_is_suggested_to_nobody_and_comes_back_by_an_edit(town: Town) -> None:
    anna = town.technician("Anna")
    tip = withdraw_article(anna, write_article(anna, TIP))
    assert [*list_articles(anna), *search_history(anna, "lid")] == []
    assert edit_article(anna, tip, Draft(text="Lift it")).for_customers is not None
    assert [hit.snippet for hit in search_history(anna, "lift")] == ["Paper is jammed Lift it printer"]


def test_two_of_one_title_are_told_apart(town: Town) -> None:
    anna = town.technician("Anna")
    one, other = write_article(anna, TIP), write_article(anna, TIP)
    with pytest.raises(UnknownArticleError, match="More than one"):
        named_article(anna, "paper is jammed")
    assert {named_article(anna, str(one.id)).id, named_article(anna, str(other.id)).id} == {one.id, other.id}
    with pytest.raises(NoSuchArticleEditionError):
        edit_article(anna, one, Draft(text="x"), ["ABC-DEF"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no text in it"),
        (b"# Only a title\n", "no text in it"),
        (b"\xff\xfe", "no text in UTF-8"),
        (b"x" * 20_001, "20,000 letters"),
        (b" " * 300_000, "20,000 letters"),
    ],
)
def test_a_file_that_is_no_article_is_refused_with_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(content)
    with pytest.raises(ArticleFileError, match=says):
        read_article_file(file)
    with pytest.raises(ArticleFileError, match="No such file"):
        read_article_file(tmp_path / "nowhere.md")


@pytest.mark.parametrize("draft", [Draft(text="x"), Draft(title="t", text="x", language="English, mostly")])
def test_what_is_no_article_is_refused_with_a_sentence(town: Town, draft: Draft) -> None:
    with pytest.raises(BadInputError, match="This is no article"):
        write_article(town.technician("Anna"), draft)


def _article(name: UUID) -> tuple[Stream, UUID]:
    return Stream.ARTICLE, name
