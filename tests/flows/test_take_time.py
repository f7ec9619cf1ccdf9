"""Time that was measured is recorded as it was, once, and only by whoever it belongs to."""

from uuid import UUID, uuid4

import pytest

from app.domain.errors import RefusedError
from app.domain.events import EndReason, SessionEnded, SessionOffered, SessionStarted, WorkKind
from app.domain.reference import reference
from app.flows.party import Party
from app.flows.recognise import link_to_earlier
from app.flows.record_work import record_work, split_work
from app.flows.synchronise import synchronise
from app.flows.take_time import session_time, start_timer, timed, timer_since
from app.flows.time_errors import NoSessionTimeError, NoTimerError, SessionTakenError, TimerRunsError
from tests.flows.conftest import Town


def _was_helped(lone: Party, case_id: UUID, technician: str, seconds: float) -> UUID:
    """A session, as the customer's end tells of it."""
    session = uuid4()
    lone.write(case_id, SessionOffered(session=session))
    lone.write(
        case_id,
        SessionStarted(session=session, technician=technician, customer_key="c", technician_key="t", relay="r"),
    )
    lone.write(case_id, SessionEnded(session=session, reason=EndReason.CUSTOMER_STOPPED, seconds=seconds))
    return session


def test_a_sessions_time_is_as_long_as_it_was_measured_and_taken_once(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    first = _was_helped(lone, case_id, "Anna", 0.0125)
    last = _was_helped(lone, case_id, "Anna", 0.25)
    bos = _was_helped(lone, case_id, "Bo", 9)
    lone.write(case_id, SessionOffered(session=uuid4()))  # nobody was in yet
    anna = town.technician("Anna")
    synchronise(lone)
    synchronise(anna)
    case = anna.store.case(case_id)
    measured = session_time(anna, case, "last")
    assert measured.session == last
    assert (measured.end - measured.start).total_seconds() == 0.25
    assert session_time(anna, case, reference(first)).session == first
    for name in (str(bos), "nobody's"):
        with pytest.raises(NoSessionTimeError):
            session_time(anna, case, name)
    record_work(anna, case_id, measured.start, measured.end, WorkKind.COVERED, session=last)
    with pytest.raises(SessionTakenError, match="--corrects"):
        session_time(anna, anna.store.case(case_id), "last")


def test_a_timer_of_each_case_runs_once(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    with pytest.raises(NoTimerError):
        timed(anna, case_id)
    since = start_timer(anna, case_id)
    assert timer_since(anna, case_id) == since
    with pytest.raises(TimerRunsError, match="--stop"):
        start_timer(anna, case_id)
    assert timed(anna, case_id).start == since
    assert timed(anna, case_id).end > since


def test_rework_that_a_window_records_is_linked_to_the_case_that_came_back(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna, earlier = town.technician("Anna"), uuid4()
    synchronise(anna)
    link_to_earlier(anna, case_id, earlier)
    now = anna.clock.now()
    begun = anna.store.case(case_id).opened_at
    assert begun is not None
    for kind in (WorkKind.REWORK, WorkKind.TRAVEL):
        record_work(anna, case_id, begun, now, kind)
    assert [work.earlier for work in anna.store.case(case_id).work] == [earlier, None]


def test_of_a_split_that_is_refused_nothing_is_left(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    begun, now = anna.store.case(case_id).opened_at, anna.clock.now()
    assert begun is not None
    record_work(anna, case_id, begun, now, WorkKind.COVERED)
    (piece,) = anna.store.case(case_id).work
    middle = begun + (now - begun) / 2
    for kind, says in ((WorkKind.GOODWILL, "why this is a favour"), (WorkKind.REWORK, "mends an earlier case")):
        with pytest.raises(RefusedError, match=says):
            split_work(anna, case_id, piece, middle, kind, "")
    assert anna.store.case(case_id).work == (piece,)
    link_to_earlier(anna, case_id, earlier := uuid4())
    split_work(anna, case_id, piece, middle, WorkKind.REWORK, "")
    assert [(work.seconds, work.earlier) for work in anna.store.case(case_id).work] == [
        ((middle - begun).total_seconds(), None),
        ((now - middle).total_seconds(), earlier),
    ]
