"""The talk about a case in the store: found again where it may be; drafts are kept until their customer goes."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.domain import events as ev
from app.domain.case import Status
from app.domain.people import Author, Role
from app.store.store import Store
from tests.store.parts import ANNA, JENS, METTE, START, add_note, foreign, open_case, opened
from tests.store.test_erasing import METTE_GONE, everything, receive, told

KIM = Author(role=Role.CUSTOMER, id=UUID(int=77), name="Kim")
WAYS = (ev.Way(title="Reparere", pros=("billigst",), cons=("langsomt",)), ev.Way(title="Nykøb"))
TOLD: tuple[tuple[ev.Body, str], ...] = (
    (ev.CaseWaits(awaited=ev.Awaited.VENDOR, reason="en valse mangler"), "valse"),
    (ev.CaseResumed(text="den er kommet"), "kommet"),
    (ev.EstimateGiven(minutes=40, reason="limet fast"), "limet"),
    (ev.HandoverOffered(to="Anna", tried="et nyt kabel", assumed="slidt tromle", next="prøv lageret"), "tromle"),
    (ev.ColleagueAsked(text="hvor er nøglen"), "nøglen"),
    (ev.AlternativesOffered(text="hvilken vej", ways=WAYS), "langsomt"),
    (ev.FixPlanned(text="en bedre skanner", owner="Anna", due=START.date()), "skanner"),
)


@pytest.mark.parametrize(("body", "word"), TOLD, ids=lambda value: getattr(value, "kind", value))
def test_what_was_said_is_found_by_its_words(store: Store, body: ev.Body, word: str) -> None:
    case_id = open_case(store)
    waits = ev.CaseWaits(awaited=ev.Awaited.VENDOR, reason="to be delivered")
    befores: list[ev.Body] = [ev.CaseTaken(), *([waits] if isinstance(body, ev.CaseResumed) else [])]
    for each in (*befores, body):
        store.append(JENS, ev.Stream.CASE, case_id, each)
    assert [hit.case_id for hit in store.search(word)] == [case_id]


def test_what_only_the_owner_reads_is_found_by_nobody(store: Store) -> None:
    case_id = open_case(store)
    store.append(JENS, ev.Stream.CASE, case_id, ev.LineCrossed(text="han råbte ad mig", follow_up="ring til ham"))
    assert (store.search("råbte"), store.search("ring")) == ((), ())
    assert store.rebuild().differences == ()


def test_a_draft_is_kept_until_its_customer_goes_and_others_stay(path: Path) -> None:
    with opened(path) as store:
        first, second = open_case(store), open_case(store)
        store.keep_draft(first, "handover", "Mettes hemmelige valse")
        store.keep_draft(second, "handover", "another text")
    with opened(path) as store:
        assert store.draft(first, "handover") == "Mettes hemmelige valse"
        told(store, first, METTE_GONE, author=METTE)  # not the owner's word
        told(store, first, ev.PersonErased(person=ANNA.id, role=Role.TECHNICIAN))
        assert store.draft(first, "handover") == "Mettes hemmelige valse"
        told(store, first)
        assert (store.draft(first, "handover"), store.draft(second, "handover")) == ("", "another text")
    assert "hemmelige" not in everything(path)


def test_events_of_a_kind_are_those_that_count(store: Store) -> None:
    case_id, other = open_case(store), open_case(store)
    kept, refused = add_note(store, case_id, "kept"), add_note(store, other, "refused")
    store.refuse(refused.id, "No.")
    assert store.events_of_kind("note_added") == (kept,)
    assert store.events_of_kind("no_such_kind") == ()


def test_earlier_cases_are_those_of_the_machine_whatever_its_name_that_were_quiet_in_that_time(store: Store) -> None:
    first, second = open_case(store), open_case(store)
    renamed = UUID(int=1)
    store.append(METTE, ev.Stream.CASE, renamed, ev.CaseOpened(about="x", machine="front desk, mended"))
    elsewhere = ev.CaseOpened(about="x", machine="front desk")  # her other machine, which has the same name
    receive(store, foreign(UUID(int=2), elsewhere, author=METTE, seq=5))
    case = store.case(renamed)
    assert case.opened_at is not None
    day = timedelta(days=1)
    assert [one.id for one in store.quiet_between(case, START - day, case.opened_at, 9)] == [second, first]
    assert [one.id for one in store.quiet_between(case, START - day, case.opened_at, 1)] == [second]
    assert store.quiet_between(case, START - 2 * day, START - day, 9) == ()


def test_lists_tell_whom_a_case_waits_for_and_that_the_customers_note_ends_it(store: Store) -> None:
    case_id = open_case(store)
    waits = ev.CaseWaits(awaited=ev.Awaited.CUSTOMER, reason="Which model?")
    answer = ev.NoteAdded(text="MFC-5", certainty=ev.Certainty.VERIFIED, audience=ev.Audience.CUSTOMER)
    opening = store.case(case_id).timeline[0]
    told = [opening, foreign(case_id, ev.CaseTaken()), foreign(case_id, waits), foreign(case_id, answer, author=METTE)]
    seen = []
    for version, event in enumerate(told, 1):  # a page each: rows follow without folding anew
        receive(store, event, start=version)
        seen += [row.status for row in store.cases()]
    assert seen == [Status.NEW, Status.TAKEN, Status.FOR_CUSTOMER, Status.TAKEN]
    assert store.rebuild().differences == ()
