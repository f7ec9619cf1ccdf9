"""What fits is suggested, what does not is not, and a customer reads only what was written for customers."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.domain.knowledge import Article, Readers, suggest

QUEUE = Article(
    id=UUID(int=1), title="A printer's queue is stuck", text="Restart the print service.", language="en",
    topics=frozenset({"printer"}), readers=Readers.TECHNICIANS,
)  # fmt: skip
PAPER = Article(
    id=UUID(int=2), title="Paper is jammed", text="Open the printer at the back and pull the paper out.", language="en",
    topics=frozenset({"printer"}), readers=Readers.CUSTOMERS,
)  # fmt: skip
PASSWORD = Article(
    id=UUID(int=3), title="I forgot my password", text="Call us, we know your voice.", language="en",
    topics=frozenset({"accounts"}), readers=Readers.CUSTOMERS,
)  # fmt: skip
PAPIR = PAPER.model_copy(update={"id": UUID(int=4), "title": "Papiret sidder fast", "language": "da"})
ALL = (QUEUE, PAPER, PASSWORD, PAPIR)
articles = st.lists(
    st.builds(
        Article, id=st.uuids(), title=st.sampled_from(["printer", "mail", "printer mail"]), text=st.just("printer"),
        language=st.sampled_from(["da", "en"]), topics=st.just(frozenset({"printer"})),
        readers=st.sampled_from(Readers), helped=st.integers(0, 3),
    )
)  # fmt: skip


def found(text: str, topic: str | None = None, *, for_customer: bool = False) -> list[str]:
    """The titles that are suggested."""
    return [each.article.title for each in suggest(ALL, text, topic, {"en"}, for_customer=for_customer)]


def test_words_and_topic_find_what_fits() -> None:
    assert found("The printers do nothing, the queue is full") == [QUEUE.title, PAPER.title]
    assert found("It does nothing", "Printer") == [QUEUE.title, PAPER.title]
    assert found("It hums") == []


def test_a_suggestion_says_why() -> None:
    best = suggest(ALL, "paper in the printer", "printer", {"en"}, for_customer=True)[0]
    assert (best.article, best.by_topic, best.words) == (PAPER, True, ("paper", "print"))


def test_what_helped_more_often_comes_first_among_equals() -> None:
    twin = PAPER.model_copy(update={"id": UUID(int=9), "helped": 2})
    best = suggest([PAPER, twin], "paper", None, {"en"}, for_customer=False)
    assert [each.article.helped for each in best] == [2, 0]


@given(articles, st.text(max_size=20), st.sampled_from([None, "printer"]), st.integers(0, 5))
def test_a_customer_reads_only_what_is_for_customers_in_their_language(
    written: list[Article], text: str, topic: str | None, limit: int
) -> None:
    chosen = suggest(written, f"printer {text}", topic, {"da"}, for_customer=True, limit=limit)
    assert len(chosen) <= limit
    assert all(each.article.readers is Readers.CUSTOMERS and each.article.language == "da" for each in chosen)
