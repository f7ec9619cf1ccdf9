"""Whatever is cut, repeated, late or set back: once all is quiet, all sides hold the same, and nothing is lost.

`BISTAND_SYNC_STEPS=20000` has that many steps done on each database, `BISTAND_SYNC_SEED` repeats a run and
then looks for the shortest way to the fault; without them there are few steps.

    BISTAND_SYNC_STEPS=20000 python -m pytest tests/service/devices/test_machine.py -s
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from app.domain import streams
from app.domain.errors import RefusedError
from app.domain.events import Body
from app.sync.errors import SyncError
from tests.service.devices.bodies import BODIES, Maker, fresh_case, stream_id
from tests.service.devices.oracle import Oracle
from tests.service.devices.party import LINE_FAULTS, Crash, Party
from tests.service.devices.site import Site
from tests.service.postgres import Postgres
from tests.service.set_back import Backup

STEPS = int(os.environ.get("BISTAND_SYNC_STEPS", "60"))
SEED = os.environ.get("BISTAND_SYNC_SEED")
_STEPS_AT_ONCE = min(STEPS, 100)
_WRONG = (timedelta(), timedelta(days=-400), timedelta(hours=3), timedelta(days=3), timedelta(days=4000))
_FAULTS = st.dictionaries(st.integers(0, 8), st.sampled_from(LINE_FAULTS), max_size=2)
_WAYS = st.sampled_from(("once", "push", "pull"))
_WHO = st.integers(0, 5)
_DIES = st.tuples(st.none() | st.integers(0, 25), st.booleans())
_TENDING = ("nothing", "nothing", "nothing", "back up", "back up", "quiet", "quiet", "restart")
_WRITING = st.lists(st.tuples(_WHO, st.integers(0, 999), st.sampled_from(BODIES)), max_size=5)
Writing = Sequence[tuple[int, int, Maker]]


class Machine(RuleBasedStateMachine):
    """A service, a customer's device and two to five technicians'."""

    make_database: Callable[[], str | None]
    drop_database: Callable[[str | None], None]
    counted: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="bistand-machine-")
        self._db = type(self).make_database()
        self.oracle = Oracle()
        self.backups: list[Backup] = []

    @initialize(technicians=st.integers(2, 5))
    def begin(self, technicians: int) -> None:
        self.site = Site(Path(self._folder.name), self._db, technicians)
        self._write(self.site.customer, *fresh_case("The printer is silent"))

    def _party(self, who: int) -> Party:
        return self.site.parties[who % len(self.site.parties)]

    def _count(self, what: str, much: int = 1) -> None:
        self.counted[what] = self.counted.get(what, 0) + much

    @rule(writing=_WRITING, opens=st.booleans())
    def write(self, writing: Writing, opens: bool) -> None:
        """Several write, each on a case that they know; or the customer opens another one."""
        self._count("steps")
        if opens:
            self._write(self.site.customer, *fresh_case("Ingen lyd"))
        self._write_all(writing)

    def _write_all(self, writing: Writing) -> None:
        for who, which, make in writing:
            party = self._party(who)
            case_ids = sorted(party.store.case_ids())
            if case_ids:
                case_id = case_ids[which % len(case_ids)]
                self._write(party, case_id, make(party.store, case_id, which))

    def _write(self, party: Party, case_id: UUID, body: Body | None) -> None:
        if body is None:
            return
        with suppress(RefusedError):
            stream = streams.home_of(body)
            event = party.write(stream_id(party.store, stream, case_id), body, stream)
            self.oracle.written[event.id] = (event, party)
            self._count("events")

    @rule(writing=_WRITING, who=_WHO, way=_WAYS, faults=_FAULTS, dies=_DIES)
    def sync(self, writing: Writing, who: int, way: str, faults: dict[int, str], dies: tuple[int | None, bool]) -> None:
        """All or a part of it, over a line that fails, by a program that may die at any step."""
        self._count("steps")
        self._write_all(writing)
        party = self._party(who)
        party.line.expect(faults)
        try:
            with suppress(SyncError):
                party.sync(way, dies=dies[0], after=dies[1])
        except Crash:
            self._count("crashes")
            party.restart()

    @rule(who=_WHO, what=st.sampled_from(("line", "late", "late", "clock")), wrong=st.sampled_from(_WRONG))
    def disturb(self, who: int, what: str, wrong: timedelta) -> None:
        """A device is cut off or comes back, its clock is set, or what it had sent arrives at last, newest first."""
        self._count("steps")
        party = self._party(who)
        if what == "line":
            party.line.is_cut_off ^= True
        elif what == "clock":
            party.clock.wrong = wrong
        else:
            late, party.line.late = party.line.late, []
            for ask in reversed(late):
                self._count("late requests")
                with suppress(SyncError):
                    ask()

    @rule(writing=_WRITING, what=st.sampled_from(_TENDING))
    def tend(self, writing: Writing, what: str) -> None:
        """The service is stopped and started, or backed up, or all are reachable and left alone for a while."""
        self._count("steps")
        self._write_all(writing)
        if what == "restart":
            self.site.restart()
        elif what == "back up":
            self.backups = [*self.backups, self.site.back_up()][-3:]
        elif what == "quiet":
            self._count("quiet moments")
            self.oracle.settle(self.site)

    @precondition(lambda self: self.backups)
    @rule(which=st.integers(0, 2), settled=st.booleans(), happens=st.integers(0, 4))
    def set_back(self, which: int, settled: bool, happens: int) -> None:
        """A backup is put back. Where all had read all, nothing may be refused that was not before."""
        self._count("steps")
        if happens < 4:
            return
        self._count("restores")
        if settled:
            self.oracle.settle(self.site)
        before, length = self.oracle.refusals, len(self.oracle.log)
        self.site.restore(self.backups[which % len(self.backups)])
        self.oracle.log = []
        if settled:
            self.oracle.settle(self.site)
            assert (self.oracle.refusals, len(self.oracle.log)) == (before, length)

    def teardown(self) -> None:
        if not hasattr(self, "site"):
            return
        try:
            self.oracle.settle(self.site)
            self._count("refused", self.oracle.refusals)
            self._count("runs")
            if self.counted["runs"] % 20 == 0:
                sys.stderr.write(f"{self.counted}\n")
            for party in self.site.parties:
                assert party.store.rebuild().differences == ()
        finally:
            self.site.close()
            self._folder.cleanup()
            type(self).drop_database(self._db)


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is behind reads page after page, and has lists and search follow bit by bit."""
    monkeypatch.setattr("app.service.events.LARGEST_PAGE", 4)
    monkeypatch.setattr("app.service.looks._NEAR", 2)
    monkeypatch.setattr("app.store.following._AT_ONCE", 3)


@pytest.mark.timeout(120 + STEPS)
@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_all_sides_are_the_same_once_all_is_quiet(kind: str, request: pytest.FixtureRequest) -> None:
    postgres: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    number = int(SEED or random.randrange(2**32))
    counted: dict[str, int] = {}

    class Bound(Machine):
        """On this database."""

        make_database = staticmethod(lambda: postgres.fresh() if postgres else None)
        drop_database = staticmethod(lambda url: postgres.drop(url) if postgres and url else None)

    Bound.counted = counted
    sys.stderr.write(f"{kind}: BISTAND_SYNC_SEED={number}\n")
    while (done := counted.get("steps", 0)) < STEPS:
        run_state_machine_as_test(
            seed(number + done)(Bound),
            settings=settings(
                max_examples=max(2, (STEPS - done) // _STEPS_AT_ONCE),
                stateful_step_count=_STEPS_AT_ONCE,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink] if SEED else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    sys.stderr.write(f"{kind}: {counted}\n")
    assert counted["events"]
