"""A full disk: what was returned is there, what was not raises, and there is a sentence that helps."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disks import small_disk
from tests.store.parts import add_note, open_case, opened

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and mounts are POSIX")

_FILL = """
import resource, sys
from pathlib import Path
from app.store.errors import DiskFullError
from tests.store.parts import add_note, opened

with opened(Path(sys.argv[1])) as store:
    case_id = store.case_ids()[0]
    if int(sys.argv[2]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    for number in range(100_000):
        try:
            print(add_note(store, case_id, f"{number} " + "x" * 5000).id, flush=True)
        except DiskFullError as error:
            print("full:", error)
            break
    held = [str(note.id) for note in store.case(case_id).notes]
    print("held:", len(held))
"""


def _fill(path: Path, limit: int) -> list[str]:
    command = [sys.executable, "-c", _FILL, str(path), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _check_nothing_lost(path: Path, lines: list[str]) -> None:
    *returned, full, held = lines
    assert full.startswith("full:")
    assert "Free some space" in full
    assert held == f"held: {len(returned)}"
    with opened(path) as store:
        (case_id,) = store.case_ids()
        assert [str(note.id) for note in store.case(case_id).notes] == returned
        store.check()


def test_past_a_limit_on_files_nothing_is_lost_and_it_goes_on_afterwards(path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
    lines = _fill(path, 2_000_000)
    assert len(lines) > 10
    _check_nothing_lost(path, lines)
    with opened(path) as store:
        assert add_note(store, case_id, "room again").device_seq == len(lines)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    with small_disk(tmp_path / "disk", 1) as folder:
        yield folder


def test_on_a_full_disk_nothing_is_lost_and_a_store_still_opens_for_reading_once_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    path = disk / "store.db"
    with opened(path) as store:
        open_case(store)
    lines = _fill(path, 0)
    copy = tmp_path / "moved"
    copy.mkdir()
    for file in disk.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    _check_nothing_lost(copy / "store.db", lines)
