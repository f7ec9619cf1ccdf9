"""Opening: wrong keys, newer and damaged stores, folders that cannot be written. A refusal changes nothing."""

import logging
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.store import connection, opening
from app.store.connection import connect
from app.store.errors import (
    BusyStoreError,
    DamagedStoreError,
    NewerStoreError,
    ReadOnlyStoreError,
    StoreError,
    WrongKeyError,
)
from app.store.lock import held
from app.store.opening import open_store, steps
from tests.store.parts import KEY, add_note, open_case, opened

_PAGE = 4096


@pytest.fixture
def kept(path: Path) -> Path:
    """A store with something in it, closed."""
    with opened(path) as store:
        case_id = open_case(store)
        for number in range(40):
            add_note(store, case_id, f"number {number} " + "x" * 500)
    return path


def _content(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def _refused(path: Path, key: str = KEY) -> StoreError:
    """The error that opening ends with, having changed nothing."""
    before = _content(path)
    with pytest.raises(StoreError) as raised, opened(path, key=key):
        pass
    assert _content(path) == before
    return raised.value


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_all_files_are_private(path: Path) -> None:
    with opened(path) as store:
        open_case(store)
        assert (path.parent / "store.db-wal").exists()
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def test_everything_written_is_synced_and_temporary_data_stays_in_memory(kept: Path) -> None:
    with closing(open_store(kept, KEY, steps())) as other:
        names = ("journal_mode", "synchronous", "temp_store", "foreign_keys")
        facts = [other.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    assert facts == ["wal", 2, 2, 1]


def test_a_wrong_key_is_named_as_such(kept: Path) -> None:
    assert isinstance(_refused(kept, "ab" * 32), WrongKeyError)


def test_a_wrong_key_is_named_as_such_also_where_the_mark_is_gone(kept: Path) -> None:
    kept.with_suffix(".mark").unlink()
    assert isinstance(_refused(kept, "ab" * 32), WrongKeyError)
    with opened(kept) as store:
        assert len(store.cases()) == 1


def test_after_a_store_was_moved_away_a_new_key_makes_a_new_one(kept: Path) -> None:
    kept.rename(kept.with_name("old.db"))
    for _ in range(2):
        with opened(kept, key="ab" * 32) as store:
            assert store.cases() == ()


def test_a_program_that_hangs_while_it_opens_the_store_is_not_waited_for_for_ever(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.1)
    with held(kept.with_suffix(".lock"), 1), pytest.raises(BusyStoreError, match="in use"), opened(kept):
        pass


def test_a_program_that_keeps_the_store_locked_is_not_waited_for_for_ever(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.1)
    with opened(kept) as store, closing(connect(kept, KEY)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyStoreError):
            store.set_value("a", "b")
        assert len(store.cases()) == 1
        other.rollback()
        store.set_value("a", "b")


@pytest.mark.parametrize("key", ["", "short", "zz" * 32, "ab" * 33, "ab' --"])
def test_what_is_no_key_opens_nothing(path: Path, key: str) -> None:
    with pytest.raises(WrongKeyError), opened(path, key=key):
        pass
    assert not path.exists()


def test_a_newer_store_is_left_alone(kept: Path) -> None:
    with closing(connect(kept, KEY)) as other:
        other.execute(f"PRAGMA user_version = {len(steps()) + 1}")
    error = _refused(kept)
    assert isinstance(error, NewerStoreError)
    assert "written by a newer Bistand" in str(error)
    assert "nothing was changed" in str(error)


def test_a_program_that_was_overtaken_by_an_upgrade_writes_no_more(kept: Path) -> None:
    with opened(kept) as store:
        (case_id,) = store.case_ids()
        with closing(connect(kept, KEY)) as newer:
            newer.execute(f"PRAGMA user_version = {len(steps()) + 1}")
        with pytest.raises(NewerStoreError):
            add_note(store, case_id, "in the old way")


@pytest.mark.parametrize("place", [0, 100, _PAGE - 1])
def test_a_damaged_first_page_is_told_from_a_wrong_key(kept: Path, place: int) -> None:
    content = bytearray(kept.read_bytes())
    content[place] ^= 1
    kept.write_bytes(content)
    assert isinstance(_refused(kept), DamagedStoreError)


def test_a_file_cut_to_nothing_is_not_taken_for_a_new_store(kept: Path) -> None:
    kept.write_bytes(b"")
    assert isinstance(_refused(kept), DamagedStoreError)


def test_a_store_cut_in_half_is_damaged(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: 3 * _PAGE])
    with pytest.raises(DamagedStoreError), opened(kept) as store:
        store.check()


def test_every_changed_byte_is_found_by_the_check(kept: Path) -> None:
    whole = kept.read_bytes()
    for page in range(1, len(whole) // _PAGE):
        content = bytearray(whole)
        content[page * _PAGE + (page * 97) % _PAGE] ^= 0x80
        kept.write_bytes(content)
        with pytest.raises(DamagedStoreError), opened(kept) as store:
            store.check()


def test_a_damaged_page_is_an_error_where_it_is_read_and_not_a_wrong_answer(kept: Path) -> None:
    content = bytearray(kept.read_bytes())
    for page in range(1, len(content) // _PAGE):
        content[page * _PAGE + 50] ^= 1
    kept.write_bytes(content)
    with pytest.raises(DamagedStoreError, match="Restore it from a backup"), opened(kept) as store:
        store.cases()


def test_what_is_no_store_at_all_is_refused_and_left_as_it_is(path: Path) -> None:
    path.write_text("a letter to my aunt " * 1000)
    with pytest.raises(WrongKeyError), opened(path):
        pass
    assert path.read_text() == "a letter to my aunt " * 1000


def test_an_upgrade_keeps_everything_and_leaves_a_backup_that_opens(
    kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    step = "ALTER TABLE fact ADD COLUMN remark TEXT;\nINSERT INTO fact VALUES ('step', 'done; really', 'a -- b');\n"
    with opened(kept) as store:
        before = store.case(store.case_ids()[0])
    old = steps()
    with closing(open_store(kept, KEY, (*old, step))) as other:
        assert opening.schema_version(other) == len(old) + 1
        assert other.execute("SELECT value, remark FROM fact WHERE name = 'step'").fetchall() == [
            ("done; really", "a -- b")
        ]
    backup = kept.with_suffix(f".before-{len(old) + 1}.db")
    with opened(backup) as store:
        assert store.case(before.id) == before
    assert f"from schema {len(old)} to {len(old) + 1}" in caplog.text
    with pytest.raises(NewerStoreError), opened(kept):
        pass


def test_a_step_that_fails_changes_nothing(kept: Path) -> None:
    broken = "CREATE TABLE fresh (a);\nINSERT INTO nowhere VALUES (1);\n"
    with pytest.raises(Exception, match="nowhere"):
        open_store(kept, KEY, (*steps(), broken)).close()
    with opened(kept) as store:
        assert len(store.cases()) == 1
    with closing(open_store(kept, KEY, steps())) as other:
        assert other.execute("SELECT 1 FROM sqlite_schema WHERE name = 'fresh'").fetchone() is None


def test_a_store_is_not_backed_up_where_nothing_is_upgraded(kept: Path) -> None:
    with opened(kept):
        pass
    assert not list(kept.parent.glob("*before*"))


_AS_NOBODY = """
import os, sys
from pathlib import Path
from app.store.opening import steps
from tests.store.parts import opened
steps()  # read while the program's own files still can be: they may lie in root's home
if os.getuid() == 0:
    os.setgid(65534), os.setuid(65534)
from app.store.errors import StoreError
try:
    with opened(Path(sys.argv[1])):
        pass
except StoreError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_cannot_be_written_is_named_with_what_helps(exists: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "store.db"
        if exists:
            with opened(path) as store:
                open_case(store)
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(path)], capture_output=True, text=True, check=False
        )
        folder.chmod(0o755)
        assert done.stdout.startswith(ReadOnlyStoreError.__name__), done.stdout + done.stderr
        assert "BISTAND_HOME" in done.stdout


def test_a_program_may_end_without_closing_its_store(kept: Path) -> None:
    program = """
import sys
from pathlib import Path
from tests.store.parts import DEVICE, KEY, SetClock, open_case
from app.store.store import Store
store = Store(Path(sys.argv[1]), KEY, device=DEVICE, clock=SetClock())
print(open_case(store))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(kept)], capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stderr == ""
    with opened(kept) as store:
        assert done.stdout.strip() in {str(case_id) for case_id in store.case_ids()}


def test_opening_again_and_again_leaves_no_files_open(kept: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("counts open files in /proc")
    folder = Path("/proc/self/fd")
    before = len(list(folder.iterdir()))
    for key in (KEY, "ab" * 32) * 5:
        with suppress(WrongKeyError), opened(kept, key=key):
            pass
    assert len(list(folder.iterdir())) <= before
