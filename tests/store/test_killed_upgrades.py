"""Programs killed amid making or upgrading a store: it is as it was or as it is to be, the backup whole or none."""

from contextlib import closing
from pathlib import Path

import pytest

from app.store.connection import connect
from app.store.opening import open_store, schema_version, steps
from tests.kills import KILLS, Point, arm, must_die, needs_fork, start, usual
from tests.store.parts import KEY, add_note, open_case, opened
from tests.store.to_come import SCHEMA

pytestmark = [needs_fork, pytest.mark.timeout(120 + KILLS)]

_OPENING = "app.store.opening"
_BACK_UP, _UPGRADE, _MARK = f"{_OPENING}:_back_up", f"{_OPENING}:_upgrade", f"{_OPENING}:_leave_mark"
_RENAME = "pathlib:Path.replace"
_BACKUP = f"store.before-{len(SCHEMA)}.db"

UPGRADING = (
    Point("before the copy", "before", _BACK_UP),
    Point("the copy is begun", "after", f"{_OPENING}:connect", 2, within=_BACK_UP),
    Point("the copy is whole and not in its place", "before", _RENAME, within=_BACK_UP),
    Point("the copy is in its place", "after", _RENAME, within=_BACK_UP),
    Point("between the copy and the first step", "after", _BACK_UP),
    Point("between two steps", "before", f"{_OPENING}:_statements", 2),
    Point("all steps done, before the commit", "before", "logging:Logger.info", within=_UPGRADE),
    Point("committed", "after", _UPGRADE),
)
MAKING = (
    Point("the file is made", "after", f"{_OPENING}:connect"),
    Point("its way of writing is set", "after", f"{_OPENING}:make_durable"),
    Point("between two steps", "before", f"{_OPENING}:_statements", 2),
    Point("all steps done, before the commit", "before", "logging:Logger.info", within=_UPGRADE),
    Point("committed", "after", _UPGRADE),
    Point("the mark is written and not in its place", "before", _RENAME, within=_MARK),
    Point("the mark is in its place", "after", _RENAME, within=_MARK),
)


def open_and_die(path: Path, point: Point) -> None:
    """A program that knows two steps more, in a process of its own."""
    arm(point)
    open_store(path, KEY, SCHEMA).close()


@pytest.mark.parametrize("point", usual(UPGRADING), ids=str)
def test_an_upgrade_that_is_killed_is_made_at_the_next_start(tmp_path: Path, point: Point) -> None:
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "store.db"
        with opened(path) as store:
            case_id = open_case(store)
            for each in range(20):
                add_note(store, case_id, f"number {each}")
            before = store.case(case_id)
        must_die(start(open_and_die, path, point), point)
        with closing(connect(path, KEY)) as found:
            assert schema_version(found) in (len(steps()), len(SCHEMA))
        if (folder / _BACKUP).exists():
            with opened(folder / _BACKUP) as store:
                assert store.case(case_id) == before
        _must_be_upgraded(path)
        with opened(folder / _BACKUP) as store:
            assert store.case(case_id) == before
            store.check()
        with closing(connect(path, KEY)) as upgraded:
            assert upgraded.execute("SELECT count(*) FROM event").fetchone() == (21,)
        assert not list(folder.glob(".store.before*"))


@pytest.mark.parametrize("point", usual(MAKING, first=1), ids=str)
def test_a_store_whose_making_is_killed_is_made_at_the_next_start(tmp_path: Path, point: Point) -> None:
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "store.db"
        must_die(start(open_and_die, path, point), point)
        _must_be_upgraded(path)
        _must_be_upgraded(path)
        assert not (folder / _BACKUP).exists()


def _must_be_upgraded(path: Path) -> None:
    """Open it with all steps. Each was gone through once."""
    with closing(open_store(path, KEY, SCHEMA)) as store:
        assert schema_version(store) == len(SCHEMA)
        assert store.execute("SELECT value, remark FROM fact WHERE name = 'step'").fetchall() == [
            ("done; really", "a -- b")
        ]
        assert store.execute("SELECT fact FROM later").fetchall() == [("step",)]
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.execute("PRAGMA cipher_integrity_check").fetchall() == []
