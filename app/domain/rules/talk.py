"""Questions among colleagues, and what the customer is asked to choose from."""

from datetime import datetime

from app.domain.case import Case
from app.domain.events import AlternativeChosen, AlternativesOffered, ColleagueAnswered, ColleagueAsked, Event
from app.domain.refusals import refuse, require
from app.domain.rules.saying_no import Rule, require_mine, require_not_closed


def _asked(_: Case, event: Event, body: ColleagueAsked, __: datetime) -> None:
    require(body.to.casefold() != event.author.name.casefold(), "You ask yourself. Name a colleague, or nobody.")


def _answered(case: Case, _: Event, body: ColleagueAnswered, __: datetime) -> None:
    known = any(question.id == body.question for question in case.questions)
    require(known, "There is no such question on this case.")


def _offered(case: Case, event: Event, _: AlternativesOffered, __: datetime) -> None:
    require_not_closed(case)
    require_mine(case, event, "Take the case before you ask the customer to choose.")


def _chosen(case: Case, _: Event, body: AlternativeChosen, __: datetime) -> None:
    require_not_closed(case, "This case is closed. Reopen it first.")
    choice = next((choice for choice in case.choices if choice.id == body.question), None)
    if choice is None:
        refuse("There is nothing of that kind to choose from on this case.")
    count = len(choice.ways)
    there = body.way is None or body.way <= count
    require(there, f"There are {count} ways to choose from. “I don't know” is an answer too.")


RULES: dict[type, Rule] = {
    ColleagueAsked: _asked,
    ColleagueAnswered: _answered,
    AlternativesOffered: _offered,
    AlternativeChosen: _chosen,
}
