"""Several programs on one home, and programs that are killed: no number twice, none left out, nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.parts import add_note, open_case, opened

_PROGRAMS, _EACH = 4, 40

_APPEND = """
import sys
from pathlib import Path
from uuid import UUID
from tests.store.parts import add_note, opened

path, case_id, count = Path(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3])
with opened(path) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        event = add_note(store, case_id, f"note {number}")
        print(event.id, event.device_seq, flush=True)
"""

_MAKE = """
import sys
from pathlib import Path
from tests.store.parts import open_case, opened

print("ready", flush=True)
sys.stdin.readline()
with opened(Path(sys.argv[1])) as store:
    print(open_case(store))
"""


def _start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_programs_that_write_at_once_use_each_number_once_and_leave_none_out(path: Path) -> None:
    with opened(path) as store:
        case_id = open_case(store)
    processes = [_start(_APPEND, path, case_id, _EACH) for _ in range(_PROGRAMS)]
    for process in processes:
        _let_go(process)
    printed = [line.split() for process in processes for line in process.communicate(timeout=60)[0].splitlines()]
    assert [process.returncode for process in processes] == [0] * _PROGRAMS
    assert sorted(int(sequence) for _, sequence in printed) == list(range(2, _PROGRAMS * _EACH + 2))
    with opened(path) as store:
        assert [event.device_seq for event in store.outbox(1000)] == list(range(1, _PROGRAMS * _EACH + 2))
        assert {str(event.id) for event in store.outbox(1000)} >= {event_id for event_id, _ in printed}
        assert store.rebuild().differences == ()


def test_programs_that_make_the_store_at_once_agree_on_one(path: Path) -> None:
    processes = [_start(_MAKE, path) for _ in range(_PROGRAMS)]
    for process in processes:
        _let_go(process)
    made = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0] * _PROGRAMS
    with opened(path) as store:
        assert {str(case_id) for case_id in store.case_ids()} == made
        assert [event.device_seq for event in store.outbox(10)] == [1, 2, 3, 4]


@pytest.mark.parametrize("after", [1, 7, 20])
def test_what_a_killed_program_had_been_told_is_kept_is_there(path: Path, after: int) -> None:
    with opened(path) as store:
        case_id = open_case(store)
    process = _start(_APPEND, path, case_id, 100_000)
    _let_go(process)
    assert process.stdout is not None
    told = [process.stdout.readline().split() for _ in range(after)]
    process.kill()
    told += [line.split() for line in process.communicate(timeout=20)[0].splitlines(keepends=True) if "\n" in line]
    with opened(path) as store:
        held = {str(event.id): event.device_seq for event in store.outbox(100_000)}
        assert all(held[event_id] == int(sequence) for event_id, sequence in told)
        assert sorted(held.values()) == list(range(1, len(held) + 1))
        assert len(store.search("note", 1000)) == min(len(held) - 1, 1000)
        assert add_note(store, case_id, "it goes on").device_seq == len(held) + 1
        assert store.rebuild().differences == ()
        store.check()
