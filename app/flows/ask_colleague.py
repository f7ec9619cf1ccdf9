"""Ask a colleague, and answer one: on the case, so that the next one need not ask again (rule 8)."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.advice import Question
from app.domain.case import Case
from app.domain.erasure import names_told
from app.domain.events import Certainty, ColleagueAnswered, ColleagueAsked, Event
from app.flows.named import one_of
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import A_LINE, remark, words
from app.system.translations import _


def ask_colleague(party: Party, case_id: UUID, text: str, to: str = "") -> Event:
    """Ask a colleague by their name, or whoever knows. The customer does not read it."""
    body = ColleagueAsked(text=words(text, _("Write the question.")), to=remark(to, A_LINE))
    event = party.write(case_id, body)
    send_soon(party)
    return event


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that nobody has answered yet, and its case."""

    case: Case
    question: Question


def open_questions(party: Party) -> tuple[Asked, ...]:
    """What colleagues ask this technician, or whoever knows, on the cases that are here: the newest first."""
    mine = ("", party.me.name.casefold())
    asked = party.store.events_of_kind("colleague_asked")
    ids = {event.stream_id for event in asked if any(name.casefold() in mine for name in names_told(event))}
    found = (Asked(case, one) for case in map(party.store.case, ids) for one in case.questions if one.is_open)
    theirs = (one for one in found if one.question.to.casefold() in mine and one.question.author.id != party.me.id)
    return tuple(sorted(theirs, key=lambda one: one.question.at, reverse=True))


def answer_colleague(
    party: Party, case_id: UUID, text: str, certainty: Certainty, untrusted_question: str = ""
) -> Event:
    """Answer a question by its name, or the newest that nobody has answered. Raises `NothingAskedError`."""
    text = words(text, _("Write the answer. “I don't know” is one."))
    question = _question(party, case_id, untrusted_question)
    event = party.write(case_id, ColleagueAnswered(question=question.id, text=text, certainty=certainty))
    send_soon(party)
    return event


def _question(party: Party, case_id: UUID, untrusted_name: str) -> Question:
    return one_of(party.store.case(case_id).questions, untrusted_name, lambda question: question.is_open)
