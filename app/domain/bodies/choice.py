"""Ways to go on, and which of them the customer wants."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.records import LongText, Record, Remark, ShortText

MOST_WAYS = 9
"""How many ways one question offers: more than that is no help to anybody."""


class Way(Record):
    """One of the ways, with what speaks for it and against it."""

    title: ShortText
    pros: Annotated[tuple[ShortText, ...], Field(max_length=MOST_WAYS)] = ()
    cons: Annotated[tuple[ShortText, ...], Field(max_length=MOST_WAYS)] = ()


class AlternativesOffered(Record):
    """A technician asks the customer which way to go."""

    kind: Literal["alternatives_offered"] = "alternatives_offered"
    text: LongText
    ways: Annotated[tuple[Way, ...], Field(min_length=2, max_length=MOST_WAYS)]


class AlternativeChosen(Record):
    """The customer's choice, counted from 1. None is "I don't know, you choose", which is an answer too (rule 1)."""

    kind: Literal["alternative_chosen"] = "alternative_chosen"
    question: UUID
    way: Annotated[int, Field(ge=1, le=MOST_WAYS)] | None = None
    text: Remark = ""
