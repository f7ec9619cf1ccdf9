"""All that lies beside the log can be thrown away: it comes back the same, and what differed is told."""

from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from app.domain import events as ev
from app.store.connection import connect
from app.store.store import Store
from tests.store.parts import JENS, KEY, METTE, START, add_note, open_case, opened


@pytest.fixture
def full(path: Path) -> Path:
    """A closed store with a bit of everything."""
    with opened(path) as store:
        case_id, session = open_case(store, "Printeren kører ikke"), uuid4()
        store.append(JENS, ev.Stream.CASE, case_id, ev.CaseTaken())
        add_note(store, case_id, "måske")
        ended = ev.SessionEnded(
            session=session, reason=ev.EndReason.EXPIRED, seconds=1, recording=store.put_blob(b"recording")
        )
        store.append(METTE, ev.Stream.CASE, case_id, ended)
        store.refuse(add_note(store, case_id, "refused").id, "no")
        store.index_terminal(case_id, uuid4(), START, "terminal")
        open_case(store, "another")
    return path


def _all_of(store: Store) -> tuple[object, ...]:
    found = [store.search(query) for query in ("korer", "maaske", "refused", "terminal", "another")]
    return store.cases(), found, store.blobs_missing(), store.recordings_to_index()


def _damage(path: Path, *statements: str) -> None:
    with closing(connect(path, KEY)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_nothing_differs_where_nothing_is_wrong(full: Path) -> None:
    with opened(full) as store:
        before = _all_of(store)
        done = store.rebuild()
        assert (done.cases, done.events, done.differences) == (2, 5, ())
        assert _all_of(store) == before


def test_all_that_was_thrown_away_comes_back(full: Path) -> None:
    with opened(full) as store:
        before = _all_of(store)
    _damage(
        full,
        "DELETE FROM case_row",
        "DELETE FROM passage WHERE event IS NOT NULL",
        "DELETE FROM word",
        "DELETE FROM blob_named",
    )
    with opened(full) as store:
        assert _all_of(store) != before
        assert {one.what for one in store.rebuild().differences} == {"list", "search", "blobs"}
        assert _all_of(store) == before
        assert store.rebuild().differences == ()


def test_what_is_wrong_about_blobs_is_mended_and_told(full: Path) -> None:
    with opened(full) as store:
        before = _all_of(store)
    _damage(full, "UPDATE blob_named SET held = 1 - held, indexed = 1 - indexed")
    with opened(full) as store:
        assert _all_of(store) != before
        assert [one.what for one in store.rebuild().differences] == ["blobs"]
        assert _all_of(store) == before
        assert store.rebuild().differences == ()


def test_progress_is_told_up_to_the_end(full: Path) -> None:
    told: list[tuple[int, int]] = []
    _damage(full, "DELETE FROM passage WHERE event IS NOT NULL", "UPDATE case_row SET machine_words = 'forged'")
    with opened(full) as store:
        store.rebuild(lambda done, steps: told.append((done, steps)))
        assert [hit.title for hit in store.search("front desk")] == ["another", "Printeren kører ikke"]
    assert told[0][0] == 0
    assert told[-1] == (2 + 4, 2 + 4)
    assert told == sorted(told)


def test_what_differed_is_told_in_both_forms(full: Path) -> None:
    _damage(full, "UPDATE case_row SET title = 'forged' WHERE title = 'another'")
    with opened(full) as store:
        (difference,) = store.rebuild().differences
        assert difference.what == "list"
        assert "forged" in difference.kept
        assert "another" in difference.rebuilt


def test_rows_of_cases_that_never_were_go(full: Path) -> None:
    _damage(
        full,
        "CREATE TABLE stray AS SELECT * FROM case_row LIMIT 1",
        "UPDATE stray SET id = zeroblob(16)",
        "INSERT INTO case_row SELECT * FROM stray",
        "DROP TABLE stray",
    )
    with opened(full) as store:
        assert len(store.cases()) == 3
        assert [one.rebuilt for one in store.rebuild().differences] == ["not there"]
        assert len(store.cases()) == 2
