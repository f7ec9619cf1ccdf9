"""A case is the fold of its events."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.case import Status, fold
from tests.domain import make

SESSION = UUID(int=77)


def test_the_life_of_a_case() -> None:
    story = [
        make.opened(),
        make.event(ev.CaseTaken()),
        make.event(make.note()),
        make.event(make.work(14)),
        make.event(ev.SolutionProposed(text="Restarted the print service", certainty=ev.Certainty.VERIFIED)),
        make.event(ev.CaseClosed(thanks="Tak!"), make.LONE),
    ]
    statuses = [fold(make.CASE, story[:length]).status for length in range(1, len(story) + 1)]
    assert statuses == [Status.NEW, *[Status.TAKEN] * 3, Status.PROPOSED, Status.CLOSED]
    case = fold(make.CASE, story)
    assert case.customer == make.LONE
    assert case.technician == make.ANNA
    assert case.seconds_worked == 14 * 60
    assert case.thanks == "Tak!"
    assert case.timeline == tuple(story)


def test_not_fixed_opens_it_again_and_keeps_the_technician() -> None:
    story = [make.opened(), make.event(ev.CaseTaken())]
    story += [make.event(ev.SolutionProposed(text="Done", certainty=ev.Certainty.ASSUMED))]
    story += [make.event(ev.CaseReopened(text="It still jams"), make.LONE)]
    case = fold(make.CASE, story)
    assert (case.status, case.technician, case.solution) == (Status.TAKEN, make.ANNA, "")


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    wrong = make.event(make.note("It was the cable"))
    right = make.event(make.note("It was the switch", corrects=wrong.id))
    case = fold(make.CASE, [make.opened(), wrong, make.event(make.note("Other")), right])
    assert [note.text for note in case.notes] == ["It was the switch", "Other"]
    assert case.notes[0].corrected
    assert wrong in case.timeline


def test_corrected_work_counts_once() -> None:
    long = make.event(make.work(60))
    short = make.event(make.work(20).model_copy(update={"corrects": long.id}))
    assert fold(make.CASE, [make.opened(), long, short]).seconds_worked == 20 * 60


def _ended(**more: object) -> ev.SessionEnded:
    return ev.SessionEnded.model_validate({"session": SESSION, "reason": "customer stopped", "seconds": 60, **more})


def _started(technician: str) -> ev.SessionStarted:
    return ev.SessionStarted(
        session=SESSION, technician=technician, customer_key="c", technician_key="t", relay="127.0.0.1:1"
    )


def test_both_ends_tell_of_a_session_and_nothing_of_either_is_lost() -> None:
    head = {"lines": 5, "head": "a" * 64}
    signed = {**head, "customer_signature": "x", "technician_signature": "y"}
    story = [
        make.opened(),
        make.event(ev.SessionOffered(session=SESSION), make.LONE),
        make.event(_started("Anna"), make.LONE),
        make.event(_started("Somebody else"), make.LONE, at=make.NOON + timedelta(hours=1)),
        make.event(_ended(commands=2, audit_head=head, audit="a" * 64), make.LONE),
        make.event(_ended(commands=3, audit_head=signed, recording="b" * 64)),
    ]
    for ends in (story[4:], story[:3:-1]):
        session = fold(make.CASE, [*story[:4], *ends]).sessions[0]
        assert session.technician == "Anna"
        assert session.commands == 3
        assert session.audit_head is not None
        assert session.audit_head.technician_signature == "y"
        assert (session.audit, session.recording) == ("a" * 64, "b" * 64)
        assert not session.is_live


def test_the_customers_audit_and_the_technicians_recording_count_whoever_speaks_last() -> None:
    ends = [
        make.event(_ended(audit="a" * 64, recording="a" * 64), make.LONE),
        make.event(_ended(audit="b" * 64, recording="b" * 64), make.ANNA),
    ]
    for told in (ends, ends[::-1]):
        session = fold(make.CASE, [make.opened(), *told]).sessions[0]
        assert (session.audit, session.recording) == ("a" * 64, "b" * 64)


def test_a_technician_cannot_put_another_audit_in_place_of_the_customers() -> None:
    real = {"lines": 5, "head": "a" * 64, "customer_signature": "x", "technician_signature": "y"}
    claimed = {"lines": 10**6, "head": "f" * 64, "customer_signature": "no", "technician_signature": "no"}
    ends = [make.event(_ended(audit_head=real), make.LONE), make.event(_ended(audit_head=claimed))]
    for order in (ends, ends[::-1]):
        session = fold(make.CASE, [make.opened(), make.event(_started("Anna"), make.LONE), *order]).sessions[0]
        assert session.audit_head == ev.AuditHead.model_validate(real)


def test_a_session_waits_until_somebody_comes_or_it_ends() -> None:
    offered = [make.opened(), make.event(ev.SessionOffered(session=SESSION), make.LONE)]
    waiting = fold(make.CASE, offered).waiting_session
    assert waiting is not None
    assert waiting.id == SESSION
    assert fold(make.CASE, [*offered, make.event(_started("Anna"), make.LONE)]).waiting_session is None
    assert fold(make.CASE, [*offered, make.event(_ended(), make.LONE)]).waiting_session is None


def test_consent_that_was_taken_back_no_longer_stands() -> None:
    given_consent = make.event(ev.ConsentGiven(shares_diagnostics=True), make.LONE)
    taken_back = make.event(ev.ConsentWithdrawn(), make.LONE, at=make.NOON + timedelta(minutes=3))
    case = fold(make.CASE, [make.opened(), given_consent, taken_back])
    assert case.consents[0].withdrawn_at == taken_back.at


@given(st.lists(make.events, max_size=12))
def test_any_events_in_any_order_fold_without_failing_and_all_stand_in_the_timeline(story: list[ev.Event]) -> None:
    assert fold(make.CASE, story).timeline == tuple(story)


@given(st.lists(make.events, max_size=8))
def test_folding_is_the_same_every_time(story: list[ev.Event]) -> None:
    assert fold(make.CASE, story) == fold(make.CASE, list(story))


def test_a_title_is_one_short_line() -> None:
    case = fold(make.CASE, [make.opened("It " + "really " * 30 + "jams\nsecond line")])
    assert len(case.title) <= 80
    assert case.title.endswith("…")
    assert "\n" not in case.title
