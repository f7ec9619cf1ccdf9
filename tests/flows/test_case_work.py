"""Case work across machines: the customer asks, one technician works, a colleague reads."""

from datetime import timedelta

import pytest

from app.domain.case import Status
from app.domain.errors import RefusedError
from app.domain.events import Audience, Certainty, WorkKind
from app.flows.confirm_solution import confirm_solved, say_not_fixed, say_unsure
from app.flows.errors import BadInputError, NoProviderError, NotEnrolledError
from app.flows.list_cases import list_cases, named_case
from app.flows.propose_solution import propose_solution
from app.flows.record_work import record_work
from app.flows.search_history import search_history
from app.flows.show_case import show_case
from app.flows.synchronise import is_pending, synchronise
from app.flows.take_case import take_case
from app.flows.write_note import write_note
from app.system.settings import Settings
from tests.flows.conftest import Town


def test_a_case_goes_from_the_customer_through_two_technicians_and_back(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    anna, bo = town.technician("Anna"), town.technician("Bo")
    synchronise(anna)
    assert [row.id for row in list_cases(anna)] == [case_id]
    take_case(anna, case_id)
    write_note(anna, case_id, "Spooler stopped", Certainty.VERIFIED)
    write_note(anna, case_id, "We restart it", Certainty.VERIFIED, Audience.CUSTOMER)
    now = anna.clock.now()
    record_work(anna, case_id, now - timedelta(minutes=14), now, WorkKind.COVERED)
    propose_solution(anna, case_id, "Restarted the print service", Certainty.VERIFIED)

    synchronise(lone)
    readable = [entry.sentence for entry in show_case(lone, case_id).timeline]
    assert "We restart it" in readable
    assert "Spooler stopped" not in readable
    confirm_solved(lone, case_id, "Tak!")

    synchronise(bo)
    story = show_case(bo, case_id)
    assert (story.case.status, story.case.thanks, story.case.seconds_worked) == (Status.CLOSED, "Tak!", 14 * 60)
    assert [hit.where for hit in search_history(bo, "spooler")] == ["note"]
    assert not any(entry.pending for entry in story.timeline)


def test_the_customer_who_is_not_helped_is_heard(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    take_case(anna, case_id)
    propose_solution(anna, case_id, "Done", Certainty.ASSUMED)
    synchronise(lone)
    say_unsure(lone, case_id, "I don't know yet")
    assert lone.store.case(case_id).status is Status.PROPOSED
    say_not_fixed(lone, case_id, "It still hums")
    synchronise(anna)
    assert anna.store.case(case_id).status is Status.TAKEN
    assert [note.text for note in anna.store.case(case_id).notes] == ["I don't know yet"]


def test_a_technician_never_closes_a_case(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    with pytest.raises(RefusedError, match="Only the customer closes"):
        confirm_solved(anna, case_id)


def test_what_is_written_without_a_network_is_kept_and_sent_later(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    town.service.close()
    event = write_note(anna, case_id, "Written on a train", Certainty.ASSUMED)
    assert is_pending(anna, event)
    assert show_case(anna, case_id).timeline[-1].pending
    assert search_history(anna, "train")


def test_two_who_take_one_case_apart_end_with_one_technician_and_the_loser_is_told(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna, bo = town.technician("Anna"), town.technician("Bo")
    for party in (anna, bo):
        synchronise(party)
        party.nudge = lambda: None  # both are offline
    take_case(anna, case_id)
    take_case(bo, case_id)
    for party in (anna, bo, anna):
        synchronise(party)
    assert all(party.store.case(case_id).technician == anna.me for party in (anna, bo))
    lost = [entry for entry in show_case(bo, case_id).timeline if entry.refused]
    assert len(lost) == 1
    assert "Anna has this case" in str(lost[0].refused)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty_words_are_not_written(town: Town, text: str) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    with pytest.raises(BadInputError):
        write_note(anna, case_id, text, Certainty.VERIFIED)
    with pytest.raises(BadInputError):
        propose_solution(anna, case_id, text, Certainty.VERIFIED)


def test_who_is_nobody_yet_is_told_what_to_do(town: Town) -> None:
    _, case_id = town.customer_with_case()
    stranger = town.somebody("stranger")
    with pytest.raises(NotEnrolledError, match="bistand enrol"):
        take_case(stranger, case_id)
    stranger.remember(Settings())
    with pytest.raises(NoProviderError, match="--provider"):
        synchronise(stranger)


def test_a_case_is_named_by_its_short_name(town: Town) -> None:
    lone, case_id = town.customer_with_case()
    assert named_case(lone, show_case(lone, case_id).reference) == case_id
