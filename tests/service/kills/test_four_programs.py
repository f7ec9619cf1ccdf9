"""Four programs write and sync on one home, and one of them is killed now and then: no number twice, nothing lost.

`BISTAND_FOUR_PROGRAMS=60` has them do so for a minute; without it, for some seconds.
"""

import os
import random
import secrets
import threading
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.events import DiagnosticsShared
from app.store.errors import BusyStoreError
from app.sync.loop import SyncLoop
from app.system.paths import replace_file
from tests.kills import PATIENCE, needs_fork, start
from tests.service.kills.parts import Home, Notebook, Service, Told, customer, prove, prove_store
from tests.sync.parts import Device
from tests.sync.test_synchroniser import settle

SECONDS = float(os.environ.get("BISTAND_FOUR_PROGRAMS", "4"))
_PROGRAMS = 4
_LONG = 60  # events, after which the work goes on in another case: a long one takes long to fold

pytestmark = [needs_fork, pytest.mark.timeout(120 + 5 * SECONDS)]


def write_until_the_end(home: Home, case: Path, notes: Path, end: Path) -> None:
    """One of the programs: it writes on the case that is named in a file, while its loop syncs."""
    notebook, pause = Notebook(notes), threading.Event()
    with home.opened() as device:
        loop = SyncLoop(device.sync, lambda _: None)
        loop.start()
        while not end.exists():
            case_id = UUID(case.read_text())
            with suppress(BusyStoreError):  # where the machine is overloaded: it was told that this is not kept
                notebook.note("written", device.note(case_id, secrets.token_hex(20)).id)
                if random.random() < 0.1:
                    report = device.store.put_blob(os.urandom(3000))
                    shared = DiagnosticsShared(findings=(), redactions=0, report=report)
                    notebook.note("written", device.write(case_id, shared).id)
            loop.nudge()
            pause.wait(random.uniform(0, 0.1))
        loop.close()


class Programs:
    """Those that run. Each one that is killed has its place taken by another."""

    def __init__(self, home: Home, folder: Path) -> None:
        self._home, self._folder = home, folder
        self.case, self._end = folder / "case", folder / "end"
        self._notes: list[Path] = []
        self._running: list[BaseProcess] = []

    def start(self) -> None:
        """One more."""
        self._notes.append(self._folder / f"told {len(self._notes)}")
        arguments = (self._home, self.case, self._notes[-1], self._end)
        self._running.append(start(write_until_the_end, *arguments))

    def kill_one(self) -> None:
        """Whichever it is, wherever it is."""
        one = self._running.pop(random.randrange(len(self._running)))
        assert one.is_alive(), f"it ended by itself: {one.exitcode}"
        one.kill()
        one.join(PATIENCE)

    def end(self) -> set[UUID]:
        """Have them all end by themselves. Returns what all that ever ran were told is written."""
        self._end.touch()
        for one in self._running:
            one.join(PATIENCE)
        assert [one.exitcode for one in self._running] == [0] * _PROGRAMS
        return {event_id for notes in self._notes for event_id in Told.read(notes).written}


@pytest.mark.parametrize("db_once", ["sqlite"], indirect=True, scope="module")
def test_no_number_is_used_twice_and_nothing_is_lost(service: Service, sanne: Device, tmp_path: Path) -> None:
    home = customer(service, tmp_path, "Kim")
    programs, pause, killed = Programs(home, tmp_path), threading.Event(), 0
    with home.opened() as kim:
        case_ids = [_next_case(kim, programs)]
        for _ in range(_PROGRAMS):
            programs.start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            pause.wait(random.uniform(0.2, 1))  # they work meanwhile
            programs.kill_one()
            programs.start()
            killed += 1
            sanne.sync.once()
            if case_ids[-1] in sanne.store.case_ids():
                sanne.note(case_ids[-1], "Is it plugged in?")
            if len(kim.store.case(case_ids[-1]).timeline) > _LONG:
                case_ids.append(_next_case(kim, programs))
        told = programs.end()
        settle(kim, sanne)
        assert not kim.store.refused()
        for case_id in case_ids:
            prove(service, kim, sanne, case_id, Told())
        prove_store(kim, case_ids)
        assert told <= {event.id for case_id in case_ids for event in kim.store.case(case_id).timeline}
        assert len(told) > SECONDS, "they hardly wrote"
        assert killed >= 2


def _next_case(kim: Device, programs: Programs) -> UUID:
    case_id = kim.open_case()
    replace_file(programs.case, str(case_id).encode())
    return case_id
