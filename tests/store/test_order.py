"""Whatever comes in whatever order, the store folds as a plain list in memory does."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.domain import events as ev
from app.domain.case import Case, fold
from app.domain.errors import RefusedError
from app.domain.people import Author
from app.store.records import DeliveryState
from app.store.store import Store
from tests.store.parts import ANNA, JENS, KEY, METTE, SetClock, foreign, note

_CASES = (UUID(int=11), UUID(int=12))
_OURS = UUID(int=100)
_BODIES: tuple[tuple[Author, Callable[[], ev.Body]], ...] = (
    (METTE, lambda: ev.CaseOpened(about="Kører ikke", machine="m")),
    (JENS, ev.CaseTaken),
    (JENS, lambda: note("Straße")),
    (METTE, lambda: ev.SessionOffered(session=UUID(int=5))),
    (JENS, lambda: ev.SolutionProposed(text="Ny tromle", certainty=ev.Certainty.ASSUMED)),
    (METTE, ev.CaseClosed),
    (METTE, lambda: ev.CaseReopened(text="No")),
    (ANNA, ev.CaseTaken),
    (JENS, lambda: ev.UnknownBody.model_validate({"kind": "later", "x": [1]})),
)


@dataclass
class _Kept:
    """What the oracle knows of one event."""

    event: ev.Event
    unsent: bool
    lost: bool = False
    stamped: bool = False
    version: int | None = None
    reason: str | None = None


@dataclass
class _Oracle:
    """The same promises, kept in a list."""

    kept: list[_Kept] = field(default_factory=list)

    def find(self, event_id: UUID) -> _Kept | None:
        return next((one for one in self.kept if one.event.id == event_id), None)

    def confirm(self, event: ev.Event, version: int, *, stamped: bool = False) -> None:
        one = self.find(event.id)
        if one is None:
            one = _Kept(event, unsent=False)
            self.kept.append(one)
        one.unsent, one.lost, one.version, one.reason = False, False, version, None
        one.stamped = one.stamped or stamped

    def case(self, case_id: UUID) -> Case:
        holding = [one for one in self.kept if one.event.stream_id == case_id and one.reason is None]
        versioned = sorted((one for one in holding if one.version is not None), key=lambda one: one.version or 0)
        confirmed = [one for one in versioned if not (one.unsent or one.lost)]
        earlier = [one for one in versioned if one.unsent or one.lost]
        pending = sorted((one for one in holding if one.version is None), key=lambda one: one.event.device_seq)
        return fold(case_id, (one.event for one in (*confirmed, *earlier, *pending)))


class StoreAgainstList(RuleBasedStateMachine):
    """Appends, answers of the service in any order and twice, events of others, a restart, starting over."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._clock = SetClock()
        self.store = self._open()
        self.oracle = _Oracle()
        self.version = 0
        self.theirs: list[ev.Confirmed] = []

    def _open(self) -> Store:
        return Store(Path(self._folder.name) / "store.db", KEY, device=_OURS, clock=self._clock)

    def _next(self) -> int:
        self.version += 1
        return self.version

    @rule(case_id=st.sampled_from(_CASES), which=st.sampled_from(_BODIES))
    def append(self, case_id: UUID, which: tuple[Author, Callable[[], ev.Body]]) -> None:
        author, make = which
        try:
            event = self.store.append(author, ev.Stream.CASE, case_id, make())
        except RefusedError:
            return
        numbers = [one.event.device_seq for one in self.oracle.kept if one.event.device == _OURS]
        assert event.device_seq == max(numbers, default=0) + 1
        self.oracle.kept.append(_Kept(event, unsent=True))

    @precondition(lambda self: self.oracle.kept)
    @rule(data=st.data(), via_pull=st.booleans())
    def confirm_ours(self, data: st.DataObject, via_pull: bool) -> None:
        one = data.draw(st.sampled_from(self.oracle.kept))
        if one.event.device != _OURS:
            return
        version = one.version if one.version is not None and not (one.unsent or one.lost) else self._next()
        if via_pull:
            confirmed = ev.Confirmed(version=version, stamp="5" * 32, event=one.event)
            assert self.store.receive([confirmed], f"e:{version}") == 0
        else:
            self.store.accept([(one.event.id, version)])
        self.oracle.confirm(one.event, version, stamped=via_pull)

    @precondition(lambda self: self.oracle.kept)
    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.oracle.kept))
        self.store.refuse(one.event.id, "The rules say no.")
        if one.unsent or one.lost:
            one.unsent, one.lost, one.version, one.reason = False, False, None, "The rules say no."

    @rule(case_id=st.sampled_from(_CASES), which=st.lists(st.sampled_from(_BODIES), max_size=4))
    def receive(self, case_id: UUID, which: list[tuple[Author, Callable[[], ev.Body]]]) -> None:
        fresh = []
        for author, make in which:
            version = self._next()
            fresh.append(ev.Confirmed(version=version, event=foreign(case_id, make(), author=author, seq=version)))
        self.theirs += fresh
        assert self.store.receive(fresh, f"e:{self.version}") == len(fresh)
        for one in fresh:
            self.oracle.confirm(one.event, one.version)

    @precondition(lambda self: self.theirs)
    @rule(data=st.data())
    def receive_again(self, data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(self.theirs), max_size=4))
        assert self.store.receive(again, f"e:{self.version}") == 0
        for one in again:
            self.oracle.confirm(one.event, one.version)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = self._open()

    @rule()
    def start_over(self) -> None:
        self.store.start_over(self.store.cursor())
        for one in self.oracle.kept:
            if one.version is not None and not one.unsent:
                one.unsent = one.event.device == _OURS and not one.stamped
                one.lost = not one.unsent

    @invariant()
    def folds_alike(self) -> None:
        for case_id in _CASES:
            assert self.store.case(case_id) == self.oracle.case(case_id)

    @invariant()
    def delivers_alike(self) -> None:
        lost = sorted((one for one in self.oracle.kept if one.lost), key=lambda one: one.version or 0)
        assert [one.event for one in self.store.lost(1000)] == [one.event for one in lost]
        waiting = {one.event.stream_id for one in lost}
        unsent = [one.event for one in self.oracle.kept if one.unsent and one.event.stream_id not in waiting]
        assert list(self.store.outbox(1000)) == sorted(unsent, key=lambda event: event.device_seq)
        refused = {one.event.id: one.reason for one in self.oracle.kept if one.reason is not None}
        assert {one.event.id: one.reason for one in self.store.refused()} == refused
        for one in self.oracle.kept:
            delivery = self.store.delivery(one.event.stream_id)[one.event.id]
            assert delivery.is_pending == (one.unsent or one.lost)
            assert (delivery.state is DeliveryState.REFUSED) == (one.reason is not None)

    @invariant()
    def lists_alike(self) -> None:
        rows = {row.id: row for row in self.store.cases()}
        for case_id in _CASES:
            case = self.oracle.case(case_id)
            assert (case_id in rows) == bool(case.timeline)
            if case_id in rows:
                row = rows[case_id]
                assert (row.status, row.title, row.changed_at) == (case.status, case.title, case.changed_at)
                assert row.pending == sum(one.unsent and one.event.stream_id == case_id for one in self.oracle.kept)

    def teardown(self) -> None:
        assert self.store.rebuild().differences == ()
        self.store.check()
        self.store.close()
        self._folder.cleanup()


TestStoreAgainstList = StoreAgainstList.TestCase
TestStoreAgainstList.settings = settings(max_examples=20, stateful_step_count=20)
