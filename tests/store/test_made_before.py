"""Every store that a released program made is opened by this one, with all that is in it, and a copy made first."""

import shutil
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from app.store.connection import connect
from app.store.opening import open_store, schema_version, steps
from app.store.records import Settlement
from app.store.store import Store
from tests.store.make_before import (
    CASE,
    MISSING,
    NOTES,
    OTHER_CASE,
    REASON,
    RECORDING,
    REFUSED,
    REPORT,
    SESSION,
    STAMP,
    fill,
    made_by,
)
from tests.store.parts import KEY, add_note, opened
from tests.store.to_come import SCHEMA

RELEASED = range(1, len(steps()) + 1)


def copied(schema: int, folder: Path) -> Path:
    """The store that the program with this schema left."""
    path = folder / "store.db"
    shutil.copy(made_by(schema), path)
    return path


def must_have_all(store: Store, schema: int) -> None:
    """All that the program with this schema could put in is found, by every way to it."""
    assert [(row.id, row.title, row.pending) for row in store.cases()] == [
        (OTHER_CASE, "Second case", 1),
        (CASE, "The printer prints stripes", 1),
    ]
    assert [note.text for note in store.case(CASE).notes] == list(NOTES)
    assert [event.device_seq for event in store.outbox(9)] == [4, 6]
    assert [(each.event.device_seq, each.reason) for each in store.refused()] == [(5, REASON)]
    assert [each.settlement for each in store.refused()] == [Settlement.OPEN if schema < 2 else Settlement.DISCARDED]
    assert store.cursor() == "the cursor"
    assert store.get_value("last seen") == "3"
    assert store.blob(sha256(REPORT).hexdigest()) == REPORT
    assert store.recording(SESSION) == RECORDING
    assert store.blobs_missing() == (MISSING,)
    assert store.blobs_to_send() == ()
    assert {hit.case_id for query in ("korer", "stripes", "uptime", "second") for hit in store.search(query)} == {
        CASE,
        OTHER_CASE,
    }
    assert [len(store.search(query)) for query in ("korer", "uptime", REFUSED)] == [1, 1, 0]
    assert store.rebuild().differences == ()
    store.check()


def test_what_this_program_makes_is_what_is_kept_of_it(path: Path) -> None:
    with opened(path) as store:
        fill(store)
        must_have_all(store, len(steps()))


@pytest.mark.parametrize("schema", RELEASED)
def test_this_program_opens_it_finds_all_and_goes_on(schema: int, tmp_path: Path) -> None:
    path = copied(schema, tmp_path)
    with opened(path) as store:
        must_have_all(store, schema)
        assert add_note(store, CASE, "It goes on").device_seq == 7
        store.start_over("the cursor")
        assert {one.stamp for one in store.lost(9)} == {"" if schema < 2 else STAMP}
    assert (path.with_suffix(f".before-{len(steps())}.db")).exists() == (schema < len(steps()))


@pytest.mark.parametrize("schema", RELEASED)
def test_the_copy_before_an_upgrade_opens_with_the_program_that_made_it(schema: int, tmp_path: Path) -> None:
    path = copied(schema, tmp_path)
    before = everything(path)
    open_store(path, KEY, SCHEMA).close()
    copy = path.with_suffix(f".before-{len(SCHEMA)}.db")
    with closing(open_store(copy, KEY, steps()[:schema])) as opened_copy:
        assert schema_version(opened_copy) == schema
    assert everything(copy) == before
    with opened(copy) as store:
        must_have_all(store, schema)


def everything(path: Path) -> dict[str, list[object]]:
    """All rows of a store, by table."""
    with closing(connect(path, KEY)) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: store.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}
