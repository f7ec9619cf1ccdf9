"""What `bistand case` tells of the talk about a case: what it waits for, estimates, handovers, questions, fixes."""

from collections.abc import Iterator

from pydantic_core import to_jsonable_python

from app.cli.common import clock_time
from app.domain.case import Case
from app.domain.certainty import unproven
from app.domain.choice import Choice
from app.domain.reference import reference
from app.domain.response import ResponseClock
from app.flows.sentences import duration
from app.flows.sentences_of_talk import estimate_words, place_words, way_line
from app.flows.show_case import CaseView


def facts(view: CaseView) -> dict[str, object]:
    """For scripts."""
    case = view.case
    parts = {
        "waiting": case.waiting,
        "places": case.places,
        "estimates": case.estimates,
        "handovers": case.handovers,
        "questions": case.questions,
        "choices": case.choices,
        "unproven": [one.id for one in unproven(case)],
        "earlier": case.earlier,
        "perhaps_back": view.perhaps_back,
        "fixes": case.fixes,
        "thanks": case.thanks,
        "response": _clock(view.response) if view.response else None,
    }
    return {name: to_jsonable_python(part) for name, part in parts.items()}


def lines(view: CaseView) -> Iterator[str]:
    """For people: what matters now. The whole history stands in the timeline below."""
    yield from _standing(view.case)
    yield from _open(view.case)
    yield from _solving(view)
    if view.response:
        yield _clock_line(view.response)


def _standing(case: Case) -> Iterator[str]:
    if case.waiting:
        yield f"waits since {clock_time(case.waiting.since)}: {case.waiting.reason}"
    if case.places:
        found = case.places[-1]
        yield f"{place_words(found.place, found.name)} ({found.certainty.value}): {found.evidence}"
    if case.estimates:
        newest = case.estimates[-1]
        why = f" (because {newest.reason})" if newest.reason else ""
        yield f"estimate: {estimate_words(newest.ready, newest.minutes)}{why}"
    if case.offer:
        yield f"offered to {case.offer.to} by {case.offer.author.name}, and still with {_whose(case)}"


def _open(case: Case) -> Iterator[str]:
    for question in case.questions:
        if question.is_open:
            yield f"asked, and not answered ({reference(question.id)}): {question.text}"
    for choice in case.choices:
        yield _chosen(choice)
    for one in unproven(case):
        yield f"{one.certainty.value}, not verified ({reference(one.id)}): {one.text}"


def _solving(view: CaseView) -> Iterator[str]:
    case = view.case
    for back in view.perhaps_back:
        yield f"perhaps {reference(back.earlier)} again, which was quiet for {back.days} days: bistand came-back"
    for earlier in case.earlier:
        yield f"came back: it is {reference(earlier)} again, so work is rework"
    for fix in case.fixes:
        state = "in place" if fix.done_at else f"by {fix.due.isoformat()}"
        yield f"permanent fix ({fix.owner}, {state}): {fix.text}"
    if case.thanks:
        yield f"thanks: {case.thanks}"


def _whose(case: Case) -> str:
    return case.technician.name if case.technician else "nobody"


def _chosen(choice: Choice) -> str:
    if choice.is_open:
        return f"the customer is asked to choose: {choice.text}"
    if choice.way is None:
        return f"the customer leaves it to the technician: {choice.text}"
    return f"the customer chose {way_line((choice.way, choice.ways[choice.way - 1]))}"


def _clock(clock: ResponseClock) -> dict[str, object]:
    return {
        "asked": clock.turn.asked,
        "answered": clock.turn.answered,
        "used_seconds": clock.used.total_seconds(),
        "promised_seconds": clock.promised.total_seconds(),
        "due": clock.due,
        "paused": clock.is_paused,
        "late": clock.is_late,
    }


def _clock_line(clock: ResponseClock) -> str:
    used = f"{duration(clock.used.total_seconds())} of {duration(clock.promised.total_seconds())} within hours"
    late = ", which is late" if clock.is_late else ""
    if clock.turn.answered:
        return f"response: answered after {used}{late}"
    if clock.is_paused:
        return f"response: stands still while the customer is awaited, after {used}"
    due = f", due {clock_time(clock.due)}" if clock.due else ""
    return f"response: {used}{due}{late}"
