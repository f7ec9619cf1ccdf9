"""What the store promises to those who write and read through it."""

import threading
from pathlib import Path
from uuid import uuid4

import pytest

from app.domain import events as ev
from app.domain.case import Status
from app.domain.errors import RefusedError
from app.domain.finding import Finding, Level
from app.store.errors import StoreClosedError
from app.store.records import CONFIRMED, PENDING, DeliveryState
from app.store.store import Store
from tests.store.parts import ANNA, DEVICE, JENS, METTE, add_note, foreign, note, open_case, opened


def _confirmed(*pairs: tuple[int, ev.Event]) -> list[ev.Confirmed]:
    return [ev.Confirmed(version=version, event=event) for version, event in pairs]


def test_what_was_appended_is_there_when_the_store_is_opened_again(path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
        written = add_note(store, case_id, "Ordered a new drum")
    with opened(path) as store:
        assert store.case(case_id).timeline[-1] == written
        assert store.outbox(10)[-1] == written
        assert store.case_ids() == (case_id,)


def test_sequence_numbers_run_from_one_without_gaps_also_past_refusals(store: Store) -> None:
    case_id = open_case(store)
    with pytest.raises(RefusedError):
        open_case(store, case_id=case_id)
    store.refuse(add_note(store, case_id, "first").id, "no")
    add_note(store, case_id, "second")
    assert [event.device_seq for event in store.case(case_id).timeline] == [1, 3]
    assert store.refused()[0].event.device_seq == 2
    assert {event.device for event in store.outbox(10)} == {DEVICE}


def test_the_rules_are_asked_before_anything_is_written(store: Store) -> None:
    with pytest.raises(RefusedError, match="no such case"):
        add_note(store, uuid4(), "to nobody")
    assert (store.cases(), store.outbox(10), store.case_ids()) == ((), (), ())


def test_a_case_that_is_not_known_is_empty(store: Store) -> None:
    assert store.case(uuid4()).opened_at is None


def test_the_list_of_cases_shows_the_newest_change_first(store: Store) -> None:
    first, second = open_case(store, "first\nmore"), open_case(store, "second")
    finding = Finding(check="disk", level=Level.PROBLEM, sentence="The disk is full.", seconds=0.1)
    calm = finding.model_copy(update={"level": Level.NOTICE})
    shared = ev.DiagnosticsShared(findings=(finding, calm, calm), redactions=3, report="0" * 64)
    store.append(METTE, ev.Stream.CASE, first, shared)
    store.append(METTE, ev.Stream.CASE, first, ev.SessionOffered(session=uuid4()))
    store.append(JENS, ev.Stream.CASE, first, ev.CaseTaken())
    rows = store.cases()
    assert [row.id for row in rows] == [first, second]
    row = rows[0]
    assert (row.title, row.status, row.customer, row.technician) == ("first", Status.TAKEN, METTE.name, JENS.name)
    assert (row.technician_id, row.machine, row.problems, row.notices) == (JENS.id, "front desk", 1, 2)
    assert (row.waiting, row.pending, rows[1].waiting, rows[1].pending) == (True, 4, False, 1)
    assert row.opened_at is not None
    assert row.opened_at < row.changed_at


def test_an_accepted_event_leaves_the_outbox_and_accepting_twice_is_fine(store: Store) -> None:
    case_id = open_case(store)
    event = add_note(store, case_id, "kept")
    for _ in range(2):
        store.accept([(store.case(case_id).timeline[0].id, 1), (event.id, 2), (uuid4(), 3)])
        assert store.outbox(10) == ()
        assert set(store.delivery(case_id).values()) == {CONFIRMED}
    assert store.cases()[0].pending == 0


def test_the_outbox_is_in_sequence_and_bounded(store: Store) -> None:
    case_id = open_case(store)
    for number in range(5):
        add_note(store, case_id, f"note {number}")
    assert [event.device_seq for event in store.outbox(3)] == [1, 2, 3]


def test_a_refused_event_folds_no_longer_and_is_kept_with_its_reason(store: Store) -> None:
    case_id = open_case(store)
    taken = store.append(JENS, ev.Stream.CASE, case_id, ev.CaseTaken())
    store.refuse(taken.id, "Anna has this case already.")
    assert store.case(case_id).technician is None
    assert [(one.event, one.reason) for one in store.refused()] == [(taken, "Anna has this case already.")]
    assert store.delivery(case_id)[taken.id].reason == "Anna has this case already."
    assert store.delivery(case_id)[taken.id].state is DeliveryState.REFUSED
    assert [event.id for event in store.outbox(10)] == [store.case(case_id).timeline[0].id]


def test_a_case_whose_opening_was_refused_leaves_the_list_and_not_the_store(store: Store) -> None:
    case_id = open_case(store)
    store.refuse(store.outbox(1)[0].id, "no")
    assert store.cases() == ()
    assert store.refused()[0].event.stream_id == case_id


def test_a_late_refusal_of_a_confirmed_event_changes_nothing(store: Store) -> None:
    case_id = open_case(store)
    event = store.outbox(1)[0]
    store.accept([(event.id, 1)])
    store.refuse(event.id, "too late")
    assert store.refused() == ()
    assert store.delivery(case_id) == {event.id: CONFIRMED}


def test_an_event_that_was_refused_and_then_confirmed_holds(store: Store) -> None:
    case_id = open_case(store)
    event = add_note(store, case_id, "platypus")
    store.refuse(event.id, "no")
    assert store.search("platypus") == ()
    assert store.receive(_confirmed((5, event)), "a:5") == 0
    assert store.refused() == ()
    assert store.case(case_id).notes[0].text == "platypus"
    assert len(store.search("platypus")) == 1


def test_receiving_a_pending_event_confirms_it_and_moves_it_to_its_place(store: Store) -> None:
    case_id = open_case(store)
    opening = store.outbox(1)[0]
    mine = add_note(store, case_id, "mine")
    theirs = foreign(case_id, note("theirs"))
    assert store.receive(_confirmed((1, opening), (3, theirs)), "a:3") == 1
    assert store.case(case_id).timeline == (opening, theirs, mine)
    assert store.delivery(case_id) == {opening.id: CONFIRMED, theirs.id: CONFIRMED, mine.id: PENDING}
    assert store.receive(_confirmed((2, mine)), "a:3") == 0
    assert store.case(case_id).timeline == (opening, mine, theirs)
    assert store.outbox(10) == ()


def test_events_and_cursor_are_kept_in_one_step_and_twice_is_once(store: Store) -> None:
    case_id = uuid4()
    opening = foreign(case_id, ev.CaseOpened(about="Help", machine="m"), author=METTE)
    taking = foreign(case_id, ev.CaseTaken(), seq=2)
    assert store.cursor() is None
    assert [store.receive(_confirmed((1, opening), (2, taking)), "epoch:2") for _ in range(2)] == [2, 0]
    assert store.cursor() == "epoch:2"
    assert store.case(case_id).technician == ANNA
    assert len(store.case(case_id).timeline) == 2


def test_what_was_written_first_is_kept_where_it_comes_back_changed(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = open_case(store)
    event = add_note(store, case_id, "as written")
    store.receive(_confirmed((2, event.model_copy(update={"body": note("twisted")}))), "a:2")
    assert store.case(case_id).notes[0].text == "as written"
    assert "came back changed" in caplog.text


def test_an_event_of_an_unknown_kind_survives_whole(store: Store) -> None:
    case_id = open_case(store)
    body = ev.UnknownBody.model_validate(
        {"kind": "from_the_future", "nested": {"list": [1, 2.5, None, True, "kører \u2028 \x00"]}, "big": 2**80}
    )
    event = foreign(case_id, body)
    store.receive(_confirmed((7, event)), "a:7")
    kept = store.case(case_id).timeline[0]
    assert kept == event
    assert kept.model_dump_json() == event.model_dump_json()
    assert store.rebuild().differences == ()


def test_an_event_of_another_stream_is_kept_and_is_no_case(store: Store) -> None:
    body = ev.UnknownBody.model_validate({"kind": "agreement_made", "hours": 3})
    event = foreign(uuid4(), body).model_copy(update={"stream": ev.Stream.AGREEMENT})
    assert [store.receive(_confirmed((1, event)), "a:1") for _ in range(2)] == [1, 0]
    assert (store.cases(), store.case_ids()) == ((), ())
    assert store.delivery(event.stream_id) == {event.id: CONFIRMED}


def _stamped(*pairs: tuple[int, ev.Event]) -> list[ev.Confirmed]:
    return [ev.Confirmed(version=version, stamp="5" * 32, event=event) for version, event in pairs]


def test_after_starting_over_all_that_was_there_is_given_back_and_what_builds_upon_it_waits(store: Store) -> None:
    case_id, other = open_case(store), uuid4()
    opening = store.outbox(1)[0]
    theirs = foreign(case_id, note("theirs"))
    store.receive(_stamped((1, opening), (2, theirs)), "old:2")
    mine = add_note(store, case_id, "mine")
    elsewhere = store.append(METTE, ev.Stream.CASE, other, ev.CaseOpened(about="Help", machine="m"))
    before = store.case(case_id)
    store.start_over("old:1")
    assert (store.lost(10), store.cursor()) == ((), "old:2")
    store.start_over("old:2")
    assert store.case(case_id) == before
    assert store.cursor() is None
    assert list(store.lost(10)) == _stamped((1, opening), (2, theirs))
    assert store.outbox(10) == (elsewhere,)
    assert set(store.delivery(case_id).values()) == {PENDING}
    store.receive(_stamped((1, opening)), "new:1")
    assert list(store.lost(10)) == _stamped((2, theirs))
    store.accept([(theirs.id, 5)], store.restarts())
    assert store.outbox(10) == (mine, elsewhere)
    assert store.case(case_id) == before


def test_an_answer_of_an_earlier_log_tells_nothing_of_the_one_of_now(store: Store) -> None:
    case_id = open_case(store)
    opening, sha256 = store.outbox(1)[0], store.put_blob(b"report")
    then = store.restarts()
    store.start_over(None)
    store.accept([(opening.id, 1)], then)
    store.refuse(opening.id, "no", then)
    store.blob_sent(sha256, then)
    assert store.outbox(10) == (opening,)
    assert (store.blobs_to_send(), store.refused()) == ((sha256,), ())
    store.accept([(opening.id, 1)], store.restarts())
    store.blob_sent(sha256, store.restarts())
    assert (store.outbox(10), store.blobs_to_send()) == ((), ())
    assert store.delivery(case_id) == {opening.id: CONFIRMED}


def test_what_the_service_does_not_take_back_is_sent_by_its_writer_and_kept_by_all_others(store: Store) -> None:
    case_id = open_case(store)
    opening = store.outbox(1)[0]
    theirs = foreign(case_id, note("platypus"))
    store.receive(_stamped((1, opening), (2, theirs)), "old:2")
    store.start_over("old:2")
    for event in (opening, theirs):
        store.not_taken_back(event, "The file is gone.", store.restarts())
    assert (store.lost(10), store.outbox(10)) == ((), (opening,))
    assert [(one.event, one.reason) for one in store.refused()] == [(theirs, "The file is gone.")]
    assert (store.case(case_id).timeline, store.search("platypus")) == ((opening,), ())
    store.receive(_confirmed((1, opening), (7, theirs)), "new:7")
    assert store.case(case_id).timeline == (opening, theirs)
    assert len(store.search("platypus")) == 1


def test_after_starting_over_ours_that_bear_no_stamp_are_sent_again_and_nothing_is_lost(store: Store) -> None:
    case_id = open_case(store)
    opening = store.outbox(1)[0]
    theirs = foreign(case_id, note("theirs"))
    store.receive([*_confirmed((1, opening)), *_stamped((2, theirs))], "old:2")
    mine, refused = add_note(store, case_id, "mine"), add_note(store, case_id, "refused")
    store.refuse(refused.id, "no")
    before = store.case(case_id)
    sha256 = store.put_blob(b"recording")
    store.blob_sent(sha256)
    store.start_over("old:2")
    assert store.cursor() is None
    assert store.outbox(10) == ()
    assert store.case(case_id) == before
    assert store.cases()[0].pending == 2
    assert store.blobs_to_send() == (sha256,)
    assert [one.event for one in store.refused()] == [refused]
    store.accept([(theirs.id, 3)])
    assert store.outbox(10) == (opening, mine)
    store.accept([(opening.id, 1), (mine.id, 2)])
    assert store.case(case_id).timeline == (opening, mine, theirs)


def test_values_are_remembered_and_stand_apart_from_the_stores_own(store: Store) -> None:
    store.set_value("cursor", "one")
    store.set_value("cursor", "two")
    assert (store.get_value("cursor"), store.get_value("other"), store.cursor()) == ("two", None, None)


def test_any_thread_may_write(store: Store) -> None:
    case_id = open_case(store)
    threads = [threading.Thread(target=add_note, args=(store, case_id, f"note {number}")) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.device_seq for event in store.outbox(100)] == list(range(1, 18))


def test_a_closed_store_says_so_and_closes_again(path: Path) -> None:
    with opened(path) as store:
        store.close()
        with pytest.raises(StoreClosedError):
            store.cases()


def test_a_sound_store_passes_its_check(store: Store) -> None:
    open_case(store)
    store.check()
