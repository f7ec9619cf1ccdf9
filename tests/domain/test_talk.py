"""Waiting, estimates, questions, choices and fixes: what may happen on a case, and what it makes of it."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.case import Case, Status, fold
from app.domain.certainty import unproven, usual_certainty
from app.domain.decide import decide
from app.domain.errors import RefusedError
from tests.domain import make
from tests.domain.make import ANNA, BO, LONE, NOON

TOMORROW = NOON + timedelta(days=1)
WAITS = ev.CaseWaits(awaited=ev.Awaited.CUSTOMER, reason="Which drum is in it?")
FOR_VENDOR = ev.CaseWaits(awaited=ev.Awaited.VENDOR, reason="A new drum is ordered")
ESTIMATE = ev.EstimateGiven(ready=TOMORROW, minutes=40)
PROPOSED = ev.SolutionProposed(text="A new drum", certainty=ev.Certainty.VERIFIED)
ASKED = make.event(ev.ColleagueAsked(text="Is it the drum?", to="Bo"))
WAYS = make.event(ev.AlternativesOffered(text="Which?", ways=(ev.Way(title="Repair"), ev.Way(title="Buy"))))
PLANNED = make.event(ev.FixPlanned(text="Another printer", owner="Bo", due=NOON.date()))
BACK = ev.CaseCameBack(earlier=UUID(int=77))


def case_after(*events: ev.Event) -> Case:
    return fold(make.CASE, events)


def answer(text: str = "It is", certainty: ev.Certainty = ev.Certainty.VERIFIED) -> ev.ColleagueAnswered:
    return ev.ColleagueAnswered(question=ASKED.id, text=text, certainty=certainty)


def choice(way: int | None) -> ev.AlternativeChosen:
    return ev.AlternativeChosen(question=WAYS.id, way=way)


NEW = case_after(make.opened())
ANNAS = case_after(make.opened(), make.event(ev.CaseTaken()))
BUSY = case_after(make.opened(), make.event(ev.CaseTaken()), ASKED, WAYS, PLANNED, make.event(ESTIMATE))
WAITING = case_after(make.opened(), make.event(ev.CaseTaken()), make.event(WAITS))
SOLVED = case_after(make.opened(), make.event(ev.CaseTaken()), WAYS, make.event(PROPOSED))
CLOSED = case_after(make.opened(), make.event(ev.CaseTaken()), WAYS, make.event(ev.CaseClosed(), LONE))
LINKED = case_after(make.opened(), make.event(BACK))
FIXED = case_after(make.opened(), PLANNED, make.event(ev.FixDone(fix=PLANNED.id)))


@pytest.mark.parametrize(
    ("case", "event"),
    [
        (ANNAS, make.event(WAITS)),
        (WAITING, make.event(FOR_VENDOR)),
        (WAITING, make.event(ev.CaseResumed())),
        (ANNAS, make.event(ESTIMATE)),
        (ANNAS, make.event(ev.EstimateGiven(reason="The vendor has not answered"))),
        (BUSY, make.event(ev.EstimateGiven(minutes=90, reason="The drum is glued in"))),
        (NEW, ASKED),
        (BUSY, make.event(answer(), BO)),
        (BUSY, make.event(answer("I don't know", ev.Certainty.UNKNOWN), ANNA)),
        (ANNAS, WAYS),
        (BUSY, make.event(choice(2), LONE)),
        (BUSY, make.event(choice(None), LONE)),
        (NEW, make.event(BACK, BO)),
        (CLOSED, PLANNED),
        (BUSY, make.event(ev.FixDone(fix=PLANNED.id), BO)),
        (CLOSED, make.event(ev.LineCrossed(text="He shouted"), BO)),
    ],
)
def test_what_may_happen(case: Case, event: ev.Event) -> None:
    decide(case, event, NOON)


@pytest.mark.parametrize(
    ("case", "event", "says"),
    [
        (NEW, make.event(WAITS), "Take the case"),
        (ANNAS, make.event(WAITS, BO), "Anna has this case"),
        (ANNAS, make.event(WAITS, LONE), "Only a technician"),
        (SOLVED, make.event(WAITS), "asked already"),
        (CLOSED, make.event(WAITS), "closed"),
        (WAITING, make.event(WAITS), "just that already"),
        (ANNAS, make.event(ev.CaseResumed()), "does not wait"),
        (WAITING, make.event(ev.CaseResumed(), BO), "Anna has this case"),
        (NEW, make.event(ESTIMATE), "Take the case"),
        (ANNAS, make.event(ESTIMATE, BO), "Anna has this case"),
        (CLOSED, make.event(ESTIMATE), "closed"),
        (ANNAS, make.event(ev.EstimateGiven(ready=NOON)), "in the past"),
        (ANNAS, make.event(ev.EstimateGiven()), "Say why it cannot be told"),
        (BUSY, make.event(ev.EstimateGiven(minutes=90)), "Say why the estimate changes"),
        (BUSY, make.event(ESTIMATE.model_copy(update={"reason": "No news"})), "has already"),
        (NEW, make.event(ev.ColleagueAsked(text="?", to="anna")), "ask yourself"),
        (NEW, make.event(ev.ColleagueAsked(text="?"), LONE), "Only a technician"),
        (NEW, make.event(answer()), "no such question"),
        (NEW, WAYS, "Take the case"),
        (BUSY, make.event(choice(1)), "Only the customer"),
        (BUSY, make.event(choice(3), LONE), "2 ways"),
        (ANNAS, make.event(choice(1), LONE), "nothing of that kind"),
        (CLOSED, make.event(choice(1), LONE), "Reopen it"),
        (NEW, make.event(ev.CaseCameBack(earlier=make.CASE)), "no earlier case of itself"),
        (LINKED, make.event(BACK), "linked to that one already"),
        (NEW, make.event(BACK, LONE), "Only a technician"),
        (
            NEW,
            make.event(ev.FixPlanned(text="x", owner="Bo", due=NOON.date() - timedelta(days=2))),
            "still to come",
        ),
        (NEW, make.event(ev.FixDone(fix=PLANNED.id)), "no such fix"),
        (FIXED, make.event(ev.FixDone(fix=PLANNED.id)), "in place already"),
        (NEW, make.event(ev.LineCrossed(text="She shouted"), LONE), "Only a technician"),
    ],
)
def test_what_may_not(case: Case, event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        decide(case, event, NOON)


@pytest.mark.parametrize(
    ("awaited", "status"),
    [
        (ev.Awaited.CUSTOMER, Status.FOR_CUSTOMER),
        (ev.Awaited.VENDOR, Status.FOR_VENDOR),
        (ev.Awaited.COLLEAGUE, Status.FOR_COLLEAGUE),
    ],
)
def test_a_case_says_whom_it_waits_for_and_since_when(awaited: ev.Awaited, status: Status) -> None:
    waits = make.event(ev.CaseWaits(awaited=awaited, reason="A call"))
    case = case_after(make.opened(), make.event(ev.CaseTaken()), waits)
    assert case.status is status
    assert case.waiting is not None
    assert (case.waiting.awaited, case.waiting.reason, case.waiting.since) == (awaited, "A call", NOON)
    assert case.status.awaits_customer is (awaited is ev.Awaited.CUSTOMER)


@pytest.mark.parametrize(
    "word",
    [
        make.note(audience="customer"),
        ev.SessionOffered(session=UUID(int=5)),
        ev.DiagnosticsShared(findings=(), redactions=0, report="a" * 64),
        choice(None),
    ],
)
def test_a_case_that_waits_for_the_customer_goes_on_when_they_answer(word: ev.Body) -> None:
    start = [make.opened(), make.event(ev.CaseTaken()), WAYS]
    answered = case_after(*start, make.event(WAITS), make.event(word, LONE))
    assert (answered.status, answered.waiting) == (Status.TAKEN, None)
    assert case_after(*start, make.event(FOR_VENDOR), make.event(word, LONE)).status is Status.FOR_VENDOR


def test_what_a_colleague_writes_or_a_machine_reports_is_no_answer_of_the_customers() -> None:
    ended = ev.SessionEnded(session=UUID(int=5), reason=ev.EndReason.EXPIRED, seconds=1)
    case = case_after(*WAITING.timeline, make.event(make.note(), BO), make.event(ended, LONE))
    assert case.status is Status.FOR_CUSTOMER


@pytest.mark.parametrize("end", [PROPOSED, ev.CaseClosed(), ev.CaseResumed()])
def test_nothing_is_awaited_any_more_once_it_goes_another_way(end: ev.Body) -> None:
    author = LONE if isinstance(end, ev.CaseClosed) else ANNA
    assert case_after(*WAITING.timeline, make.event(end, author)).waiting is None


def test_no_estimate_takes_the_place_of_an_earlier_one() -> None:
    later = make.event(ev.EstimateGiven(minutes=90, reason="The drum is glued in"))
    case = case_after(*BUSY.timeline, later)
    assert [(one.minutes, one.reason) for one in case.estimates] == [(40, ""), (90, "The drum is glued in")]


def test_a_question_keeps_all_its_answers_with_how_sure_they_are() -> None:
    unsure = make.event(answer("Perhaps", ev.Certainty.ASSUMED), BO)
    (question,) = case_after(*BUSY.timeline, unsure, make.event(answer(), ANNA)).questions
    assert [(one.author, one.text, one.certainty.value) for one in question.answers] == [
        (BO, "Perhaps", "assumed"),
        (ANNA, "It is", "verified"),
    ]


def test_the_customers_last_word_on_a_choice_counts() -> None:
    case = case_after(*BUSY.timeline, make.event(choice(1), LONE), make.event(choice(None), LONE))
    (asked,) = case.choices
    assert (asked.is_open, asked.way) == (False, None)
    assert BUSY.choices[0].is_open


def test_a_solution_is_no_surer_than_what_it_is_built_upon() -> None:
    verified, assumed = make.event(make.note()), make.event(make.note(certainty="assumed"), BO)
    heard = make.event(make.note(audience="customer", certainty="unknown"), LONE)
    asked = make.event(answer("Perhaps", ev.Certainty.ASKED), BO)
    built = case_after(make.opened(), verified, assumed, heard, ASKED, asked)
    assert [one.id for one in unproven(built)] == [assumed.id, asked.id]
    assert usual_certainty(built) is ev.Certainty.ASSUMED
    proved = make.event(make.note("It is the drum", corrects=str(assumed.id)), BO)
    sure = case_after(make.opened(), verified, assumed, heard, proved)
    assert (unproven(sure), usual_certainty(sure)) == ((), ev.Certainty.VERIFIED)


@pytest.mark.parametrize(
    ("body", "visible"),
    [
        (WAITS, True),
        (ESTIMATE, True),
        (WAYS.body, True),
        (BACK, True),
        (PLANNED.body, True),
        (ev.HandoverAccepted(offer=UUID(int=1)), True),
        (ev.HandoverOffered(to="Bo", tried="x", next="y"), False),
        (ev.HandoverDeclined(offer=UUID(int=1), reason="x"), False),
        (ev.HandoverWithdrawn(offer=UUID(int=1)), False),
        (ASKED.body, False),
        (answer(), False),
        (ev.LineCrossed(text="He shouted"), False),
    ],
)
def test_what_the_customer_reads_of_it(body: ev.Body, visible: bool) -> None:
    assert ev.is_for_customer(make.event(body)) is visible
    assert ev.is_for_owner_only(make.event(body)) is isinstance(body, ev.LineCrossed)
