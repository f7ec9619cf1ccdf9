"""Articles in the store: found by the words that hold, and by no earlier ones."""

from pathlib import Path
from uuid import UUID, uuid4

from app.domain import events as ev
from app.domain.article_log import ArticleLog
from app.domain.knowledge import Readers
from app.domain.people import Author, Role
from app.store.store import Store
from tests.store.parts import JENS, foreign, opened

ARTICLE = ev.Stream.ARTICLE
OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")


def edition(text: str, *based_on: ev.Event, readers: Readers = Readers.TECHNICIANS) -> ev.ArticleWritten:
    """An edition's body."""
    ids = tuple(one.id for one in based_on)
    return ev.ArticleWritten(title="Køen står", text=text, language="da", readers=readers, based_on=ids)


def texts(store: Store, words: str) -> list[tuple[str, str, str]]:
    """Where the words are found."""
    return [(hit.where, hit.title, hit.snippet) for hit in store.search(words)]


def test_search_finds_the_edition_that_holds_and_no_earlier_one(path: Path) -> None:
    name = uuid4()
    with opened(path) as store:
        first = store.append(JENS, ARTICLE, name, edition("restart the spooler"))
        assert texts(store, "spooler") == [("article", "Køen står", "Køen står restart the spooler")]
        second = store.append(JENS, ARTICLE, name, edition("empty the folder", first))
        assert texts(store, "spooler") == []
        assert [hit.case_id for hit in store.search("koen folder")] == [name]
        other = foreign(name, edition("clear the folder", first)).model_copy(update={"stream": ARTICLE})
        store.receive([ev.Confirmed(version=9, event=other)], f"{'0' * 32}:9")
        assert len(texts(store, "folder")) == 2
        assert store.rebuild().differences == ()
        store.refuse(second.id, "no")
        assert [snippet for _, _, snippet in texts(store, "folder")] == ["Køen står clear the folder"]
        store.append(JENS, ARTICLE, name, ev.ArticleWithdrawn(based_on=(other.id,)))
        assert texts(store, "folder") == []
        assert store.rebuild().differences == ()


def test_what_helped_is_counted_by_the_log_alone(path: Path) -> None:
    name, case = uuid4(), uuid4()
    with opened(path) as store:
        store.append(JENS, ARTICLE, name, edition("restart the spooler"))
        for each in (case, case, uuid4()):
            store.append(JENS, ARTICLE, name, ev.ArticleHelped(case=each))
        assert _helped(store, name) == 2
        store.rebuild()
        assert _helped(store, name) == 2
    with opened(path) as again:
        assert _helped(again, name) == 2


def test_of_an_erased_author_the_article_stays_and_is_found(path: Path) -> None:
    name = uuid4()
    with opened(path) as store:
        first = store.append(JENS, ARTICLE, name, edition("restart the spooler"))
        store.append(JENS, ARTICLE, name, edition("empty the folder", first))
        gone = foreign(name, ev.PersonErased(person=JENS.id, role=Role.TECHNICIAN), author=OWNER)
        told = gone.model_copy(update={"stream": ARTICLE})
        store.receive([ev.Confirmed(version=9, event=told)], f"{'0' * 32}:9")
        assert [(hit.author, hit.title) for hit in store.search("folder")] == [("a former technician", "Køen står")]
        assert texts(store, "spooler") == []
        assert store.rebuild().differences == ()


def _helped(store: Store, name: UUID) -> int:
    state = store.state(ARTICLE, name)
    assert isinstance(state, ArticleLog)
    assert state.article is not None
    return state.article.helped
