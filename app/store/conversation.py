"""What search keeps of the talk about a case. What only the owner reads is not among it."""

from collections.abc import Callable
from typing import Any

from app.domain import events as ev
from app.store.records import Place

_TEXTS: dict[type, tuple[Place, Callable[[Any], tuple[str, ...]]]] = {
    ev.CaseWaits: ("case", lambda body: (body.reason,)),
    ev.CaseResumed: ("case", lambda body: (body.text,)),
    ev.EstimateGiven: ("case", lambda body: (body.reason,)),
    ev.HandoverOffered: ("note", lambda body: (body.tried, body.assumed, body.next)),
    ev.HandoverDeclined: ("note", lambda body: (body.reason,)),
    ev.ColleagueAsked: ("note", lambda body: (body.text,)),
    ev.ColleagueAnswered: ("note", lambda body: (body.text,)),
    ev.AlternativesOffered: (
        "case",
        lambda body: (body.text, *(text for way in body.ways for text in (way.title, *way.pros, *way.cons))),
    ),
    ev.AlternativeChosen: ("case", lambda body: (body.text,)),
    ev.FixPlanned: ("solution", lambda body: (body.text,)),
    ev.FixDone: ("solution", lambda body: (body.text,)),
    ev.ProblemPlaced: ("note", lambda body: (body.name, body.evidence)),
}


def text_of_talk(body: ev.Body) -> tuple[Place, str] | None:
    """Where the words of such an event count, and the words; None where it has none."""
    if type(body) not in _TEXTS:
        return None
    place, texts = _TEXTS[type(body)]
    return place, "\n".join(filter(None, texts(body)))
