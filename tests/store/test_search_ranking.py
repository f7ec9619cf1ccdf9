"""What comes first: the machine that a query names, then the words as they were typed, then what is new."""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import events as ev
from app.store.folding import fold
from app.store.opening import open_store, steps
from app.store.store import Store
from app.system.clock import new_id
from tests.store.parts import KEY, METTE, START, add_note, foreign, note, open_case, opened


def _case_of(store: Store, machine: str, about: str = "It is slow") -> UUID:
    case_id = new_id()
    store.append(METTE, ev.Stream.CASE, case_id, ev.CaseOpened(about=about, machine=machine))
    return case_id


def _found(store: Store, query: str) -> list[UUID]:
    return [hit.case_id for hit in store.search(query)]


@pytest.mark.parametrize("typed", ["KØKKEN-007", "koekken 007", "Kokken-007"])
def test_the_cases_of_the_machine_come_before_newer_mentions(store: Store, typed: str) -> None:
    older, newer = _case_of(store, "KØKKEN-007"), _case_of(store, "KØKKEN-007")
    other = _case_of(store, "LAGER-001", f"Not like {typed} was")
    add_note(store, other, f"{typed} had this, too")
    assert _found(store, typed) == [newer, older, other, other]


def test_a_machine_that_only_begins_so_is_no_better_than_a_mention(store: Store) -> None:
    _case_of(store, "front desk")
    mention = _case_of(store, "lager", "The front door")
    assert _found(store, "front")[0] == mention


def test_of_two_machines_the_longer_name_is_meant(store: Store) -> None:
    desk, _ = _case_of(store, "front desk"), _case_of(store, "desk")
    assert _found(store, "front desk")[0] == desk


@pytest.mark.parametrize("query", ["front-007 spooler", "spooler front-007", "front-007 spoo"])
def test_what_happened_on_the_machine_comes_first_also_where_it_does_not_name_it(store: Store, query: str) -> None:
    on_it = _case_of(store, "FRONT-007")
    add_note(store, on_it, "restarted the spooler")
    add_note(store, on_it, "cleaned the keys")
    other = _case_of(store, "LAGER-001")
    add_note(store, other, "front-007 had a bad spooler")
    assert _found(store, query) == [on_it, other]


def test_words_of_the_machine_are_not_looked_for_elsewhere_alone(store: Store) -> None:
    _case_of(store, "FRONT-007")
    add_note(store, _case_of(store, "LAGER-001"), "restarted the spooler")
    assert _found(store, "front-007 spooler") == []


def test_what_is_literal_is_found_however_many_beginnings_are_newer(store: Store) -> None:
    case_id = open_case(store)
    literal = foreign(case_id, note("the dos box"), at=START - timedelta(days=1))
    longer = [foreign(case_id, note(f"doses {number}"), seq=number, at=START) for number in range(2, 300)]
    events = [ev.Confirmed(version=version, event=event) for version, event in enumerate([literal, *longer], 1)]
    store.receive(events, "a:300")
    found = [hit.snippet for hit in store.search("dos")]
    assert (len(found), found[0]) == (50, "the dos box")


def test_what_is_literal_is_found_behind_newer_words_that_only_fold_to_it(store: Store) -> None:
    case_id = open_case(store)
    events = [foreign(case_id, note("the dos box"), at=START - timedelta(days=1))]
    events += [foreign(case_id, note(f"it does {number}"), seq=number, at=START) for number in range(2, 90)]
    store.receive([ev.Confirmed(version=version, event=event) for version, event in enumerate(events, 1)], "a:90")
    assert store.search("dos")[0].snippet == "the dos box"


def test_one_long_terminal_leaves_room_for_others(store: Store) -> None:
    case_id = open_case(store)
    add_note(store, case_id, "kernel")
    store.index_terminal(case_id, uuid4(), START, ("kernel " + "x" * 93 + "\n") * 19_000)
    assert {hit.where for hit in store.search("kernel")} == {"note", "terminal"}


def test_what_was_written_last_comes_first_though_it_came_earlier(store: Store) -> None:
    case_id = open_case(store)
    days = range(20, 0, -1)
    events = [foreign(case_id, note(f"kite {day}"), seq=day, at=START + timedelta(days=day)) for day in days]
    store.receive([ev.Confirmed(version=version, event=event) for version, event in enumerate(events, 1)], "a:20")
    for limit in (1, 2, 20):
        assert [hit.snippet for hit in store.search("kite", limit)] == [f"kite {day}" for day in days][:limit]


@pytest.mark.parametrize("kinds", [5, 200])
def test_long_beginnings_are_found_of_few_words_and_of_many(store: Store, kinds: int) -> None:
    case_id = open_case(store, "x")
    add_note(store, case_id, " ".join(f"printer{number}" for number in range(kinds)))
    assert _found(store, "printer") == [case_id]
    assert _found(store, "printerx") == []


def test_one_letter_is_a_word_and_no_beginning(store: Store) -> None:
    case_id = open_case(store, "Drive K is full")
    assert (_found(store, "k"), _found(store, "f"), _found(store, "fu")) == ([case_id], [], [case_id])


_words = st.lists(st.text("abøæß", min_size=2, max_size=8), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(st.lists(_words, min_size=1, max_size=8), st.data())
def test_every_text_with_the_words_is_found_and_no_other(texts: Sequence[Sequence[str]], data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(data.draw(st.sampled_from(texts))), min_size=1, max_size=3))
    asked[-1] = asked[-1][: data.draw(st.integers(2, 8))]
    *whole, beginning = fold(" ".join(asked)).split()
    if len(beginning) < 2:
        return
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "store.db") as store:
        case_id = open_case(store, "x")
        written = {add_note(store, case_id, " ".join(text)).at: fold(" ".join(text)).split() for text in texts}
        meant = {
            at
            for at, words in written.items()
            if set(whole) <= set(words) and any(word.startswith(beginning) for word in words)
        }
        found = store.search(" ".join(asked))  # the case too, where they begin as its customer's name does
        assert {hit.at for hit in found if hit.where == "note"} == meant


def test_a_store_of_the_first_schema_is_searched_all_the_same(path: Path) -> None:
    case_id = uuid4()
    with closing(open_store(path, KEY, steps()[:1])) as connection:
        connection.execute(
            "INSERT INTO case_row VALUES (?, 'Old', 'new', 'M', NULL, NULL, 'KØKKEN', NULL, ?, 0, 0, 0, 0)",
            (case_id.bytes, START.isoformat()),
        )
        connection.execute(
            "INSERT INTO passage VALUES (7, NULL, ?, 0, ?, 'note', ?, '', 'Printeren kører')",
            (uuid4().bytes, case_id.bytes, START.isoformat()),
        )
        connection.execute("INSERT INTO word (rowid, folded) VALUES (7, 'printeren korer')")
    with opened(path) as store:
        assert [_found(store, query) for query in ("koerer", "printe", "pr", "koekken printe")] == [[case_id]] * 4
        store.check()
