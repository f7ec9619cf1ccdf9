"""Articles at a real service: who writes, who reads, and that customers get nothing that is not for them."""

from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.knowledge import Readers
from app.service.check import check
from app.service.erase import erase, whom
from app.system.clock import new_id
from tests.service.parts import Person, Shop
from tests.service.test_beside_cases import push

ARTICLE = ev.Stream.ARTICLE
SECRET = "the master code is 1212"


def edition(
    text: str, readers: Readers = Readers.CUSTOMERS, based_on: tuple[UUID, ...] = (), title: str = "Paper is jammed"
) -> ev.ArticleWritten:
    """An edition's body."""
    return ev.ArticleWritten(title=title, text=text, language="en", readers=readers, based_on=based_on)


def write(person: Person, article: UUID, body: ev.Body) -> UUID:
    """Write it; it is taken. Returns its id."""
    event = person.event(article, body, stream=ARTICLE)
    (result,) = person.push(event)
    assert "version" in result, result
    return event.id


def read_by(person: Person) -> str:
    """All that the service tells them, from the start."""
    return str(person.pull()["events"])


def take(person: Person, article: UUID, *based_on: UUID) -> UUID:
    """Take the article from customers."""
    return write(person, article, ev.ArticleWithdrawn(only_from_customers=True, based_on=based_on))


def test_what_is_for_technicians_comes_to_no_customer_and_what_is_for_customers_to_each(shop: Shop) -> None:
    kim, lee, sanne, bo = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne"), shop.technician("Bo")
    kim.open_case()
    cursors = {who: who.pull()["cursor"] for who in (kim, lee, bo)}
    secret, tip = new_id(), new_id()
    first = write(sanne, secret, edition(SECRET, Readers.TECHNICIANS))
    write(sanne, secret, ev.ArticleHelped(case=new_id()))
    write(sanne, secret, ev.ArticleWithdrawn(based_on=(first,)))
    write(sanne, tip, edition("Open it at the back"))
    for who, cursor in cursors.items():
        near = str(who.pull(cursor, wait=5)["events"])
        for told in (near, read_by(who)):
            assert ("Open it at the back" in told, SECRET in told) == (True, who is bo)
            assert (str(secret) in told) == (who is bo)
    assert "article_helped" not in kim.kinds()
    assert check(shop.settings).faults == ()


@pytest.mark.parametrize("far", [False, True])
def test_what_was_taken_from_customers_comes_to_none_any_more_by_any_door(shop: Shop, far: bool) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    case = kim.open_case()
    start, article = kim.pull()["cursor"], new_id()
    first = write(sanne, article, edition("Our first words"))
    second = write(sanne, article, edition("Our second words", based_on=(first,)))
    assert "Our second words" in read_by(kim)
    before = kim.pull()["cursor"]
    taken = take(sanne, article, second)
    write(sanne, article, edition(SECRET, Readers.TECHNICIANS, (taken,)))
    if far:  # whoever begins now is too far behind to be told with others
        assert set(push(kim, ev.Stream.CASE, case, *[ev.ConsentWithdrawn()] * 60)) == {""}
    newcomer = shop.customer("Newcomer")
    for told in (str(kim.pull(start, wait=5)), read_by(kim), read_by(newcomer), str(kim.pull(before, wait=5))):
        assert [word for word in ("Our first words", "Our second words", SECRET) if word in told] == []
        assert "article_withdrawn" in told
    for word in ("Our first words", "Our second words", SECRET):
        assert word in read_by(bo)
    assert check(shop.settings).faults == ()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_is_given_back_to_customers_is_the_new_edition_alone(shop: Shop) -> None:
    kim, sanne, article = shop.customer("Kim"), shop.technician("Sanne"), new_id()
    first = write(sanne, article, edition(SECRET))  # a slip: it should not have been for customers
    batch = [ev.ArticleWithdrawn(only_from_customers=True, based_on=(first,))]
    events = [sanne.event(article, body, stream=ARTICLE) for body in batch]
    events.append(sanne.event(article, edition("Call us", based_on=(events[0].id,)), stream=ARTICLE))
    assert all("version" in result for result in sanne.push(*events))
    assert kim.kinds() == ["article_withdrawn", "article_written"]
    assert ("Call us" in read_by(kim), SECRET in read_by(kim)) == (True, False)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_an_edit_for_customers_that_crossed_the_taking_is_refused_with_a_sentence(shop: Shop) -> None:
    kim, sanne, bo, article = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo"), new_id()
    first = write(sanne, article, edition("Open it at the back"))
    take(sanne, article, first)
    (reason,) = push(bo, ARTICLE, article, edition("Open it, better", based_on=(first,)))
    assert "took this article from customers while you wrote" in reason
    assert "better" not in read_by(kim)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_no_customer_writes_changes_or_counts_an_article(shop: Shop) -> None:
    kim, sanne, article = shop.customer("Kim"), shop.technician("Sanne"), new_id()
    case = kim.open_case()
    first = write(sanne, article, edition("Open it at the back"))
    for body in (
        edition("Send me money", based_on=(first,)),
        ev.ArticleWithdrawn(based_on=(first,)),
        ev.ArticleHelped(case=case),
    ):
        assert push(kim, ARTICLE, article, body) == ["Only a technician can do this."]
    assert push(kim, ARTICLE, new_id(), edition("Mine")) == ["Only a technician can do this."]
    assert push(kim, ARTICLE, case, edition("Mine")) == ["That is the id of something else than a article."]
    assert "does not belong" in push(kim, ev.Stream.CASE, case, edition("Mine"))[0]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_of_an_erased_author_the_name_alone_goes_and_customers_devices_hear_of_it(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne Østergård"), shop.technician("Bo")
    article, secret = new_id(), new_id()
    write(sanne, article, edition("Open it at the back"))
    write(sanne, secret, edition(SECRET, Readers.TECHNICIANS))
    cursor = kim.pull()["cursor"]
    erase(shop.settings, whom(shop.settings, "Sanne Østergård"))
    for who in (kim, bo):
        assert "Sanne" not in read_by(who)
        assert "Open it at the back" in read_by(who)
    assert [each["event"]["body"]["kind"] for each in kim.pull(cursor)["events"]] == ["person_erased"]
    assert str(secret) not in read_by(kim)
    assert check(shop.settings).faults == ()
