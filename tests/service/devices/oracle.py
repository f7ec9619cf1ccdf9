"""What must hold once all are reachable and nothing moves any more: kept in plain dictionaries and lists."""

from dataclasses import dataclass, field
from uuid import UUID

from app.domain import streams
from app.domain.case import Case
from app.domain.events import CaseOpened, Confirmed, Event, Stream, named_blobs
from app.domain.streams import State
from app.sync.synchroniser import SyncResult
from tests.service.devices.party import Party
from tests.service.devices.site import Site

_MOST_ROUNDS = 30


@dataclass
class Oracle:
    """Who wrote what, and what was in the log when all was quiet last, or when the backup was made that holds now."""

    written: dict[UUID, tuple[Event, Party]] = field(default_factory=dict)
    log: list[Confirmed] = field(default_factory=list)
    refusals: int = 0

    def settle(self, site: Site) -> None:
        """Have all sync until nothing moves, and compare all sides."""
        for party in site.parties:
            party.line.is_cut_off = False
            party.line.expect({})
        for _ in range(_MOST_ROUNDS):
            moved = [party.sync() != SyncResult() for party in site.parties]
            if not any(moved):
                break
        else:
            raise AssertionError("it never comes to rest")
        self.compare(site)

    def compare(self, site: Site) -> None:
        """All sides against each other and against what was written."""
        log = site.log()
        self._check_log(log)
        self._check_nothing_lost(site, log)
        owners = {one.event.stream_id: one.event.author.id for one in log if isinstance(one.event.body, CaseOpened)}
        for party in site.parties:
            seen = [one for one in log if party.may_read(one.event, owners.get(one.event.stream_id))]
            _check_party(party, seen)
        self.log = log

    def _check_log(self, log: list[Confirmed]) -> None:
        """Nothing doubled, nothing changed, nothing moved."""
        assert [one.version for one in log] == list(range(1, len(log) + 1))
        assert len({one.event.id for one in log}) == len(log)
        assert len({(one.event.device, one.event.device_seq) for one in log}) == len(log)
        for one in log:
            assert one.event == self.written[one.event.id][0]
        assert [one.event for one in log[: len(self.log)]] == [one.event for one in self.log]

    def _check_nothing_lost(self, site: Site, log: list[Confirmed]) -> None:
        """What anybody has read is in the log. What nobody has may be refused, is kept then, and tells why."""
        there = {one.event.id for one in log}
        for party in site.parties:
            assert party.read <= there, party.me.name
        self.refusals = 0
        for event_id, (event, writer) in self.written.items():
            if event_id not in there:
                reasons = [one.reason for one in writer.store.refused() if one.event == event]
                assert len(reasons) == 1, (event, reasons)
                assert reasons[0]
                self.refusals += 1


def _check_party(party: Party, seen: list[Confirmed]) -> None:
    assert party.store.outbox(1) == ()
    assert party.store.lost(1) == ()
    assert party.store.to_follow() == 0
    assert party.versions() == {one.event.id: one.version for one in seen}
    for (stream, name), state in _folded(seen).items():
        assert party.store.state(stream, name) == state
    cases = {each.id: each for each in _folded(seen).values() if isinstance(each, Case)}
    for case_id, case in cases.items():
        assert party.store.case(case_id) == case
    assert {row.id for row in party.store.cases()} == set(cases)
    assert {row.id: row.status for row in party.store.cases()} == {each.id: each.status for each in cases.values()}
    assert party.store.blobs_to_send() == ()
    for one in seen:
        for sha256 in named_blobs(one.event):
            assert party.store.blob(sha256) is not None


def _folded(seen: list[Confirmed]) -> dict[tuple[Stream, UUID], State]:
    events: dict[tuple[Stream, UUID], list[Event]] = {}
    for one in seen:
        events.setdefault((one.event.stream, one.event.stream_id), []).append(one.event)
    return {key: streams.fold(*key, each) for key, each in events.items()}
