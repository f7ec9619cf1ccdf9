"""What technicians ask each other about a case."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from app.domain.bodies.case import Certainty
from app.domain.records import LongText, Record


class ColleagueAsked(Record):
    """A question to a colleague by their name, or to whoever knows, where that is empty (rule 8)."""

    kind: Literal["colleague_asked"] = "colleague_asked"
    text: LongText
    to: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class ColleagueAnswered(Record):
    """What a colleague says to a question, and how sure they are. "I don't know" is an answer."""

    kind: Literal["colleague_answered"] = "colleague_answered"
    question: UUID
    text: LongText
    certainty: Certainty
