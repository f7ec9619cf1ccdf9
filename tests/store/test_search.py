"""Search: what was written is found however it is typed, exact and new first, and no query can do harm."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.finding import Finding, Level
from app.store.folding import fold
from app.store.records import Hit
from app.store.store import Store
from tests.store.parts import ANNA, JENS, METTE, START, add_note, foreign, note, open_case, opened


def _marked(hit: Hit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.matches]


def _texts(store: Store, query: str, limit: int = 50) -> list[str]:
    return [hit.snippet for hit in store.search(query, limit)]


@pytest.mark.parametrize("typed", ["kører", "korer", "koerer", "KØRER", "kør", "koe", "ikke kø", "korer!"])
def test_a_dane_finds_it_with_any_keyboard(store: Store, typed: str) -> None:
    case_id = open_case(store, "Printeren kører ikke")
    (hit,) = store.search(typed)
    assert (hit.case_id, hit.title, hit.where, hit.author) == (case_id, "Printeren kører ikke", "case", METTE.name)
    assert "kører" in _marked(hit)
    assert hit.session is None


def test_each_kind_of_text_is_found_and_says_where_it_stands(store: Store) -> None:
    case_id, session = open_case(store, "Alpha"), uuid4()
    bad = Finding(check="disk", level=Level.PROBLEM, sentence="Bravo is full.", seconds=1)
    good = Finding(check="net", level=Level.OK, sentence="Zulu is fine.", seconds=1)
    work = ev.WorkRecorded(start=START, end=START + timedelta(seconds=1), text="Delta", session=session)
    store.append(
        METTE, ev.Stream.CASE, case_id, ev.DiagnosticsShared(findings=(bad, good), redactions=0, report="0" * 64)
    )
    store.append(JENS, ev.Stream.CASE, case_id, ev.CaseTaken())
    add_note(store, case_id, "Charlie")
    store.append(JENS, ev.Stream.CASE, case_id, work)
    store.append(JENS, ev.Stream.CASE, case_id, ev.SolutionProposed(text="Echo", certainty=ev.Certainty.VERIFIED))
    store.append(METTE, ev.Stream.CASE, case_id, ev.CaseReopened(text="Foxtrot"))
    store.append(METTE, ev.Stream.CASE, case_id, ev.CaseClosed(thanks="Golf"))
    store.index_terminal(case_id, session, START, "$ hotel")
    queries = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "mette", "front desk")
    found = {query: [(hit.where, hit.session) for hit in store.search(query)] for query in queries}
    assert found == {
        "alpha": [("case", None)],
        "bravo": [("case", None)],
        "charlie": [("note", None)],
        "delta": [("work", session)],
        "echo": [("solution", None)],
        "foxtrot": [("case", None)],
        "golf": [("case", None)],
        "hotel": [("terminal", session)],
        "mette": [("case", None)],
        "front desk": [("case", None)],
    }
    assert store.search("zulu") == ()


def test_events_of_others_are_found_too(store: Store) -> None:
    case_id = open_case(store)
    store.receive([ev.Confirmed(version=2, event=foreign(case_id, note("spooler")))], "a:2")
    (hit,) = store.search("spool")
    assert (hit.author, hit.at) == (ANNA.name, START)


def test_all_words_must_be_there_and_only_the_last_may_be_unfinished(store: Store) -> None:
    case_id = open_case(store)
    add_note(store, case_id, "The print spooler restarts")
    assert len(store.search("spooler rest")) == 1
    assert store.search("spool restarts") == ()
    assert store.search("spooler absent") == ()


def test_words_as_they_were_typed_come_first_and_then_the_newest(store: Store) -> None:
    case_id = open_case(store)
    for text in ("a dos prompt", "it does print", "the dos box", "she does it"):
        add_note(store, case_id, text)
    assert _texts(store, "dos") == ["the dos box", "a dos prompt", "she does it", "it does print"]
    assert _texts(store, "dos", limit=1) == ["the dos box"]
    add_note(store, case_id, "many doses")
    assert _texts(store, "DOS", limit=3) == ["the dos box", "a dos prompt", "many doses"]


def test_an_older_event_that_arrives_late_does_not_pass_for_new(store: Store) -> None:
    case_id = open_case(store)
    late, early = START + timedelta(days=2), START + timedelta(days=1)
    for version, (text, at) in enumerate([("kite two", late), ("kite one", early)], start=2):
        event = foreign(case_id, note(text), seq=version, at=at)
        store.receive([ev.Confirmed(version=version, event=event)], "a:3")
    assert _texts(store, "kite") == ["kite two", "kite one"]


def test_a_long_terminal_is_one_hit_shown_where_the_word_is(store: Store) -> None:
    case_id, session = open_case(store), uuid4()
    lines = [f"line {number} of the long log" for number in range(3000)]
    lines[2500] = "kernel: måske out of memory\x07\x1b"
    store.index_terminal(case_id, session, START, "\n".join(lines))
    (hit,) = store.search("maaske")
    assert _marked(hit) == ["måske"]
    assert hit.snippet.startswith("…")
    assert "\n" not in hit.snippet
    assert "\x1b" not in hit.snippet
    assert len(hit.snippet) < 250
    assert len(store.search("line log")) == 1


def test_indexing_a_terminal_again_replaces_what_was_there(store: Store) -> None:
    case_id, session = open_case(store), uuid4()
    for text in ("first try", "second try", "second try"):
        store.index_terminal(case_id, session, START, text)
    assert store.search("first") == ()
    assert len(store.search("second")) == 1


def test_a_terminal_may_hold_anything(store: Store) -> None:
    case_id, session = open_case(store), uuid4()
    store.index_terminal(case_id, session, START, "half \ud800 a pair\x00 then zero " + "y" * 30_000)
    assert len(store.search("zero")) == 1


@pytest.mark.parametrize("query", ["", "   ", "***", '"', "\ud800", "\x00", "—"])
def test_a_query_without_words_finds_nothing(store: Store, query: str) -> None:
    open_case(store)
    assert store.search(query) == ()


_HOSTILE = [
    '"',
    "*",
    "NEAR(a b)",
    "a AND",
    "OR OR",
    "folded:x",
    "- x",
    "^a",
    "a' OR 1=1 --",
    "{a b}:c",
    "(",
    "x" * 9999,
]


@pytest.mark.parametrize("query", _HOSTILE)
def test_signs_of_a_query_language_are_plain_text(store: Store, query: str) -> None:
    case_id = open_case(store)
    add_note(store, case_id, f"somebody typed {query[:500]} here")
    assert store.search(query) == () or all(hit.where == "note" for hit in store.search(query))


def test_a_limit_holds(store: Store) -> None:
    case_id = open_case(store)
    for number in range(5):
        add_note(store, case_id, f"same {number}")
    assert [len(store.search("same", limit)) for limit in (-1, 0, 1, 3, 50)] == [0, 0, 1, 3, 5]


_word = st.text("abcdeorsuøæåöäüßé", min_size=1, max_size=10)


@settings(max_examples=40)
@given(st.lists(_word, min_size=1, max_size=6), st.data())
def test_a_word_that_was_written_is_found_in_any_spelling(written: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(written))
    spelling = data.draw(st.sampled_from([str.upper, str.lower, str.title, fold, _two_letters]))
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "store.db") as store:
        case_id = open_case(store, "x")
        add_note(store, case_id, " ".join(written))
        (hit,) = [hit for hit in store.search(spelling(word)) if hit.where == "note"]
        assert word in _marked(hit)
        assert all(fold(marked).startswith(fold(word)) for marked in _marked(hit))


def _two_letters(word: str) -> str:
    pairs = {"ø": "oe", "æ": "ae", "å": "aa", "ö": "oe", "ä": "ae", "ü": "ue", "ß": "ss", "é": "e"}
    return "".join(pairs.get(letter, letter) for letter in word)


_hostile = st.text(st.one_of(st.sampled_from("\"*()^:-+{}AND OR NEAR\x00'%_\\;"), st.characters()), max_size=80)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many queries; it is closed with the run."""
    with opened(tmp_path_factory.mktemp("search") / "store.db") as store:
        open_case(store, "NEAR and far")
        yield store


@settings(max_examples=200)
@given(_hostile)
def test_no_query_ever_raises(shared_store: Store, query: str) -> None:
    for hit in shared_store.search(query):
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.matches)
