"""What was refused is kept, and somebody decides: written anew, or discarded. Neither is ever sent again."""

from pathlib import Path
from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.errors import RefusedError
from app.domain.progress import Standing
from app.store.errors import NothingRefusedError
from app.store.records import Settlement
from app.store.store import Store
from tests.store.parts import DEVICE, JENS, add_note, note, open_case, opened


def _settlements(store: Store) -> list[Settlement]:
    return [one.settlement for one in store.refused()]


def _texts(store: Store, case_id: UUID) -> list[str]:
    return [one.text for one in store.case(case_id).notes]


def test_a_refused_note_is_written_anew_and_the_old_one_marked_as_replaced(store: Store) -> None:
    case_id = open_case(store)
    lost = add_note(store, case_id, "Too much")
    store.refuse(lost.id, "no")
    anew = store.amend(JENS, lost.id, note("Less"))
    (refused,) = store.refused()
    assert (refused.event, refused.settlement, refused.replaced_by) == (lost, Settlement.REPLACED, anew.id)
    assert anew.device_seq == lost.device_seq + 1
    assert _texts(store, case_id) == ["Less"]
    assert [event.id for event in store.outbox(9)][-1] == anew.id
    assert lost.id not in [event.id for event in store.outbox(9)]


def test_what_is_discarded_stays_in_the_log_and_is_not_sent(store: Store) -> None:
    case_id = open_case(store)
    lost = add_note(store, case_id, "Too much")
    store.refuse(lost.id, "no")
    assert store.standing().refused == 1
    store.discard(lost.id)
    assert _settlements(store) == [Settlement.DISCARDED]
    assert store.standing().refused == 0
    assert store.refused_of(case_id)[0].event == lost
    store.start_over(store.cursor())
    assert lost.id not in [event.id for event in store.outbox(9)]
    assert store.search("much") == ()


def test_nobody_decides_twice_or_about_what_was_not_refused(store: Store) -> None:
    case_id = open_case(store)
    lost, well = add_note(store, case_id, "a"), add_note(store, case_id, "b")
    store.refuse(lost.id, "no")
    store.discard(lost.id)
    for event_id in (lost.id, well.id, UUID(int=9)):
        with pytest.raises(NothingRefusedError):
            store.discard(event_id)
        with pytest.raises(NothingRefusedError):
            store.amend(JENS, event_id, note("c"))
    assert _texts(store, case_id) == ["b"]


def test_where_the_rules_say_no_to_the_new_one_too_the_old_one_still_waits(store: Store) -> None:
    case_id = open_case(store)
    lost = add_note(store, case_id, "a")
    store.refuse(lost.id, "no")
    with pytest.raises(RefusedError, match="Take the case"):
        store.amend(JENS, lost.id, ev.SolutionProposed(text="x", certainty=ev.Certainty.VERIFIED))
    assert _settlements(store) == [Settlement.OPEN]
    assert store.amend(JENS, lost.id, note("b")).device_seq == lost.device_seq + 1


def test_an_opening_that_was_refused_is_written_anew_on_the_same_case(store: Store) -> None:
    case_id = open_case(store)
    (lost,) = store.outbox(9)
    store.refuse(lost.id, "too large")
    assert store.case(case_id).opened_at is None
    store.amend(lost.author, lost.id, ev.CaseOpened(about="Shorter", machine="m"))
    assert store.case(case_id).about == "Shorter"


def test_what_comes_confirmed_after_all_waits_for_nobody(store: Store) -> None:
    case_id = open_case(store)
    lost = add_note(store, case_id, "a")
    store.refuse(lost.id, "no")
    store.receive([ev.Confirmed(version=7, event=lost)], "cursor")
    assert store.refused() == ()
    assert store.standing().refused == 0
    with pytest.raises(NothingRefusedError):
        store.discard(lost.id)


def test_what_was_decided_outlives_a_rebuild_and_a_new_start(path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
        for number in range(3):
            store.refuse(add_note(store, case_id, str(number)).id, "no")
        first, second, _third = (one.event.id for one in store.refused())
        store.discard(first)
        store.amend(JENS, second, note("anew"))
        before = store.refused()
    with opened(path) as store:
        assert store.rebuild().differences == ()
        assert store.refused() == before
        assert store.standing() == Standing(events=2, bytes=0, refused=1)
        assert {event.device for event in store.outbox(9)} == {DEVICE}


def test_what_waits_is_counted_with_the_bytes_of_its_files(store: Store) -> None:
    assert store.standing() == Standing(0, 0, 0)
    case_id = open_case(store)
    add_note(store, case_id, "a")
    sha256 = store.put_blob(b"x" * 12_345)
    assert store.standing() == Standing(2, 12_345, 0)
    store.blob_sent(sha256)
    store.accept([(event.id, version) for version, event in enumerate(store.outbox(9), 1)])
    assert store.standing() == Standing(0, 0, 0)


class _EnoughError(Exception):
    """The person had it stopped."""


def test_a_rebuild_that_is_stopped_at_any_step_changes_nothing_and_the_next_one_does_it_all(path: Path) -> None:
    with opened(path) as store:
        cases = [open_case(store, f"case {number}") for number in range(4)]
        whole = store.cases()
        steps: list[tuple[int, int]] = []
        store.rebuild(lambda done, total: steps.append((done, total)))
        assert steps == [(done, 8) for done in (0, 1, 2, 3, 8)]  # four cases, and what search keeps of them
        for stop_at in (0, 1, 2, 3, 8):
            store._worker.do(lambda connection: connection.execute("DELETE FROM case_row"))

            def stopping(done: int, _total: int, stop_at: int = stop_at) -> None:
                if done == stop_at:
                    raise _EnoughError

            with pytest.raises(_EnoughError):
                store.rebuild(stopping)
            assert store.cases() == ()
            assert len(store.rebuild().differences) == len(cases)
            assert store.cases() == whole
