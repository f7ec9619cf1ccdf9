"""What one technician learnt, written down for all (rule 13)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, field_serializer

from app.domain.agreement import Topic
from app.domain.knowledge import Readers
from app.domain.records import LongText, Record, ShortText

Editions = Annotated[tuple[UUID, ...], Field(max_length=20)]
"""Which earlier editions the writer had before them."""


class ArticleWritten(Record):
    """The article from now on: `text` is Markdown, `language` a code such as `da`. `based_on` is empty at first."""

    kind: Literal["article_written"] = "article_written"
    title: ShortText
    text: LongText
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
    topics: Annotated[frozenset[Topic], Field(max_length=20)] = frozenset()
    readers: Readers = Readers.TECHNICIANS
    links: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    based_on: Editions = ()

    @field_serializer("topics")
    def _in_order(self, topics: frozenset[str]) -> list[str]:
        """A set has no order, and the same article is the same bytes wherever it is written."""
        return sorted(topics)


class ArticleWithdrawn(Record):
    """Customers read the article no longer; nor do technicians, where it is not `only_from_customers`.

    It tells nothing of what stood there: every customer's device hears of it.
    """

    kind: Literal["article_withdrawn"] = "article_withdrawn"
    only_from_customers: bool = False
    based_on: Annotated[Editions, Field(min_length=1)]


class ArticleHelped(Record):
    """The article helped on this case. Said twice of one case, it counts once."""

    kind: Literal["article_helped"] = "article_helped"
    case: UUID
