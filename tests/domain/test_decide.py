"""Who may do what, in which state: refused with a sentence that a person understands."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.case import Case, fold
from app.domain.decide import decide
from app.domain.errors import RefusedError
from app.domain.people import Author, Role
from tests.domain import make

OTHER_CUSTOMER = Author(role=Role.CUSTOMER, id=UUID(int=4), name="Per")
TAKEN = ev.CaseTaken()
PROPOSED = ev.SolutionProposed(text="Done", certainty=ev.Certainty.VERIFIED)


def case_after(*events: ev.Event) -> Case:
    return fold(make.CASE, events)


NOTHING = case_after()
NEW = case_after(make.opened())
ANNAS = case_after(make.opened(), make.event(TAKEN))
HERS = make.event(make.note("Spooler stopped", audience="customer"))
LONES = make.event(make.note("It beeps", audience="customer"), make.LONE)
TALKED = case_after(make.opened(), HERS, LONES)
STARTED = ev.SessionStarted(session=UUID(int=1), technician="Anna", customer_key="c", technician_key="t", relay="r")
SOLVED = case_after(make.opened(), make.event(TAKEN), make.event(PROPOSED))
CLOSED = case_after(make.opened(), make.event(TAKEN), make.event(PROPOSED), make.event(ev.CaseClosed(), make.LONE))


@pytest.mark.parametrize(
    ("case", "event"),
    [
        (NOTHING, make.opened()),
        (NEW, make.event(TAKEN)),
        (NEW, make.event(make.note())),
        (NEW, make.event(make.note(audience="customer"), make.LONE)),
        (NEW, make.event(ev.ConsentGiven(shares_diagnostics=False), make.LONE)),
        (NEW, make.event(ev.CaseClosed(), make.LONE)),
        (ANNAS, make.event(PROPOSED)),
        (ANNAS, make.event(make.work())),
        (ANNAS, make.event(make.work(), make.BO)),
        (SOLVED, make.event(ev.CaseReopened(text="No"), make.LONE)),
        (CLOSED, make.event(ev.CaseReopened(text="It came back"), make.LONE)),
        (CLOSED, make.event(make.note(), make.BO)),
        (TALKED, make.event(make.note(audience="customer", corrects=LONES.id), make.LONE)),
        (TALKED, make.event(make.note(audience="customer", corrects=HERS.id), make.BO)),
    ],
)
def test_what_may_happen(case: Case, event: ev.Event) -> None:
    decide(case, event, make.NOON)


_AHEAD = make.NOON + timedelta(days=1, seconds=1)


@pytest.mark.parametrize(
    ("case", "event", "says"),
    [
        (NEW, make.opened(), "already open"),
        (NOTHING, make.event(TAKEN), "no such case"),
        (SOLVED, make.event(ev.CaseClosed()), "Only the customer closes"),
        (NEW, make.event(ev.ConsentGiven(shares_diagnostics=True)), "Only the customer"),
        (NEW, make.event(ev.SessionOffered(session=UUID(int=1))), "Only the customer"),
        (NEW, make.event(STARTED), "Only the customer"),
        (TALKED, make.event(make.note(audience="customer", corrects=HERS.id), make.LONE), "not yours to correct"),
        (TALKED, make.event(make.note(corrects=LONES.id)), "not yours to correct"),
        (NEW, make.event(TAKEN, make.LONE), "Only a technician"),
        (NEW, make.event(make.work(), make.LONE), "Only a technician"),
        (NEW, make.event(make.note(audience="customer"), OTHER_CUSTOMER), "somebody else's"),
        (NEW, make.event(make.note(audience="internal"), make.LONE), "internal"),
        (ANNAS, make.event(TAKEN, make.BO), "Anna has this case"),
        (ANNAS, make.event(TAKEN), "yours already"),
        (ANNAS, make.event(PROPOSED, make.BO), "Anna has this case"),
        (NEW, make.event(PROPOSED), "Take the case"),
        (CLOSED, make.event(TAKEN, make.BO), "closed"),
        (CLOSED, make.event(ev.CaseClosed(), make.LONE), "closed already"),
        (CLOSED, make.event(PROPOSED), "closed already"),
        (CLOSED, make.event(ev.SessionOffered(session=UUID(int=1)), make.LONE), "closed"),
        (ANNAS, make.event(ev.CaseReopened(text="?"), make.LONE), "still open"),
        (ANNAS, make.event(make.work(0)), "end after it starts"),
        (ANNAS, make.event(make.work(-5)), "end after it starts"),
        (ANNAS, make.event(make.work(5, make.NOON + timedelta(hours=1))), "future"),
        (ANNAS, make.event(make.work(60 * 25)), "24 hours"),
        (NEW, make.event(TAKEN, case=UUID(int=1234)), "does not belong"),
        (NOTHING, make.event(ev.CaseOpened(about="?", machine="m"), make.LONE, at=_AHEAD), "2026-11-23.*clock.*wrong"),
    ],
)
def test_what_may_not(case: Case, event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        decide(case, event, make.NOON)


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(hours=14), timedelta(days=-5000)])
def test_a_clock_that_is_behind_or_some_hours_ahead_keeps_nobody_from_asking(wrong: timedelta) -> None:
    decide(NOTHING, make.event(ev.CaseOpened(about="?", machine="m"), make.LONE, at=make.NOON + wrong), make.NOON)
