"""What one technician learnt, all can find (rule 13): articles, suggested where they fit."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.agreement import Topic
from app.domain.records import LongText, Record, ShortText
from app.domain.words import stems


class Readers(StrEnum):
    """Whom an article is written for."""

    CUSTOMERS = "customers"
    TECHNICIANS = "technicians"


class Article(Record):
    """An article as it stands: `text` is Markdown, `language` a code such as `da`, `helped` how often it did."""

    id: UUID
    title: ShortText
    text: LongText
    language: ShortText
    topics: frozenset[Topic] = frozenset()
    readers: Readers = Readers.TECHNICIANS
    links: tuple[ShortText, ...] = ()
    helped: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may fit, and what it has in common with the case: its topic, and these words."""

    article: Article
    by_topic: bool
    words: tuple[str, ...]


def suggest(
    articles: Iterable[Article],
    text: str,
    topic: str | None,
    languages: Collection[str],
    *,
    for_customer: bool,
    limit: int = 3,
) -> tuple[Suggestion, ...]:
    """The articles that fit best, the best first; none that has neither the topic nor a word in common.

    A word in the title counts as three in the text, and the topic as four. What helped more often comes first among
    equals. A customer is shown only what was written for customers, in a language of theirs.
    """
    wanted = _words(text)
    theirs = [
        article
        for article in articles
        if article.language in languages and (not for_customer or article.readers is Readers.CUSTOMERS)
    ]
    ranked = []
    for article in theirs:
        in_title, in_text = wanted & _words(article.title), wanted & _words(article.text)
        by_topic = topic is not None and topic.strip().lower() in article.topics
        points = 3 * len(in_title) + len(in_text - in_title) + (4 if by_topic else 0)
        if points:
            ranked.append((-points, -article.helped, article.id.int, article, by_topic, in_title | in_text))
    ranked.sort(key=lambda each: each[:3])
    return tuple(Suggestion(each[3], each[4], tuple(sorted(each[5]))) for each in ranked[:limit])


def _words(text: str) -> frozenset[str]:
    return stems(text, shortest=4, letters=5)
