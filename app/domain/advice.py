"""Questions among colleagues, and what was answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.events import Certainty, ColleagueAnswered, ColleagueAsked, Event
from app.domain.people import Author


@dataclass(frozen=True, slots=True)
class Answer:
    """What a colleague said, and how sure they were."""

    id: UUID
    at: datetime
    author: Author
    text: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a case. `to` is a colleague's name, or empty for whoever knows."""

    id: UUID
    at: datetime
    author: Author
    text: str
    to: str
    answers: tuple[Answer, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return not self.answers


def ask(questions: tuple[Question, ...], event: Event, body: ColleagueAsked) -> tuple[Question, ...]:
    """The questions after one more."""
    return (*questions, Question(event.id, event.at, event.author, body.text, body.to))


def answer(questions: tuple[Question, ...], event: Event, body: ColleagueAnswered) -> tuple[Question, ...]:
    """The questions with this answer to one of them."""
    told = Answer(event.id, event.at, event.author, body.text, body.certainty)
    return tuple(replace(one, answers=(*one.answers, told)) if one.id == body.question else one for one in questions)
