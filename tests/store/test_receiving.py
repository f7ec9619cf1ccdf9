"""Receiving: in pages of any size, between whatever else is written, the store is as if events came one by one."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.errors import RefusedError
from app.domain.people import Author
from app.store.errors import StoreError
from app.store.store import Store
from tests.store.parts import ANNA, JENS, METTE, START, add_note, foreign, note, open_case, opened

_CASES = [UUID(int=number) for number in (11, 12, 13)]
_SESSION = UUID(int=99)
_ended = ev.SessionEnded(session=_SESSION, reason=ev.EndReason.EXPIRED, seconds=1, recording="a" * 64)
_BODIES: list[tuple[Author, Callable[[int], ev.Body]]] = [
    (METTE, lambda number: ev.CaseOpened(about=f"Help {number}", machine=f"KØKKEN-{number % 3}")),
    (ANNA, lambda number: note(f"text {number}")),
    (ANNA, lambda _: ev.CaseTaken()),
    (JENS, lambda _: ev.CaseTaken()),
    (METTE, lambda _: ev.SessionOffered(session=_SESSION)),
    (ANNA, lambda _: _ended),
    (METTE, lambda _: ev.ConsentGiven(shares_diagnostics=True)),
    (ANNA, lambda number: ev.SolutionProposed(text=f"solved {number}", certainty=ev.Certainty.VERIFIED)),
    (METTE, lambda _: ev.CaseClosed()),
    (ANNA, lambda _: ev.UnknownBody(kind="from_the_future")),
]
_WRITES = ["note", "accept", "refuse"]
_OPENING = 0
_happened = st.lists(st.tuples(st.sampled_from(_CASES), st.integers(0, len(_BODIES) - 1)), min_size=1, max_size=30)


def _log(happened: Sequence[tuple[UUID, int]]) -> list[ev.Confirmed]:
    """Of several openings of one case only the first: no service takes another."""
    log = []
    once = [one for place, one in enumerate(happened) if one[1] != _OPENING or one not in happened[:place]]
    for version, (case_id, which) in enumerate(once, start=1):
        author, make = _BODIES[which]
        at = START + timedelta(seconds=version)
        event = foreign(case_id, make(version), author=author, seq=version, at=at)
        log.append(ev.Confirmed(version=version, event=event))
    return log


def _state(store: Store) -> tuple[object, ...]:
    hits = {query: set(store.search(query)) for query in ("text", "help", "solved", "kokken-1")}
    cases = [store.case(case_id) for case_id in _CASES]
    return store.cases(), hits, cases, store.blobs_missing(), store.outbox(100), store.refused()


@pytest.fixture(autouse=True, scope="module")
def _small_batches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.store.following._AT_ONCE", 3)
        yield


@settings(max_examples=30, deadline=None)
@given(_happened, st.data())
def test_any_paging_gives_the_same_store(happened: list[tuple[UUID, int]], data: st.DataObject) -> None:
    log = _log(happened)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(log)), max_size=6)) | {0, len(log)})
    again = data.draw(st.lists(st.sampled_from(log), max_size=3))
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "one.db") as one:
        for confirmed in [*log, *again]:
            one.receive([confirmed], "e:1")
        with opened(Path(folder) / "paged.db") as paged:
            for begin, end in pairwise(cuts):
                assert paged.receive(log[begin:end], "e:1", more=data.draw(st.booleans())) == end - begin
                for _ in range(data.draw(st.integers(0, 1))):
                    paged.follow()
            assert paged.receive([*again, *again], "e:1", more=data.draw(st.booleans())) == 0
            while paged.to_follow():
                paged.follow()
            assert _state(paged) == _state(one)
            assert paged.rebuild().differences == ()
            paged.check()


@settings(max_examples=30, deadline=None)
@given(_happened, st.data())
def test_whatever_is_written_between_pages_is_seen_by_the_next(
    happened: list[tuple[UUID, int]], data: st.DataObject
) -> None:
    log = _log(happened)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "store.db") as store:
        with opened(Path(folder) / "store.db", device=UUID(int=101)) as other:
            for case_id in _CASES:
                open_case(store, case_id=case_id)
            for confirmed in log:
                writer = data.draw(st.sampled_from([None, None, store, other]))
                if writer is not None:
                    _write(writer, data.draw(st.sampled_from(_CASES)), data.draw(st.sampled_from(_WRITES)))
                program = data.draw(st.sampled_from([store, store, store, other]))
                program.receive([confirmed], "e:1", more=data.draw(st.booleans()))
                for _ in range(data.draw(st.integers(0, 1))):
                    program.follow()
            while other.to_follow():
                other.follow()
        assert store.rebuild().differences == ()


def _write(store: Store, case_id: UUID, what: str) -> None:
    waiting = [event for event in store.outbox(100) if event.device == store.device]
    if what == "note" or not waiting:
        with suppress(RefusedError):  # a case whose opening was refused is none
            add_note(store, case_id, "ours")
    elif what == "accept":
        store.accept([(waiting[0].id, 1000 + waiting[0].device_seq)])
    else:
        store.refuse(waiting[-1].id, "no")


def test_one_page_may_hold_an_event_twice(store: Store) -> None:
    case_id = uuid4()
    opening = foreign(case_id, ev.CaseOpened(about="Help", machine="m"), author=METTE)
    page = [ev.Confirmed(version=version, event=opening) for version in (1, 1)]
    assert store.receive(page, "e:1") == 1
    assert (len(store.case(case_id).timeline), len(store.search("help"))) == (1, 1)


def test_versions_that_come_out_of_order_fold_in_order(store: Store) -> None:
    case_id = uuid4()
    opening = foreign(case_id, ev.CaseOpened(about="Help", machine="m"), author=METTE)
    taken = [foreign(case_id, ev.CaseTaken(), author=author, seq=seq) for seq, author in ((2, JENS), (3, ANNA))]
    store.receive([ev.Confirmed(version=1, event=opening)], "e:1")
    store.receive([ev.Confirmed(version=3, event=taken[1])], "e:3")
    store.receive([ev.Confirmed(version=2, event=taken[0])], "e:3")
    assert store.cases()[0].technician == store.case(case_id).technician.name == ANNA.name  # type: ignore[union-attr]


def test_a_page_that_could_not_be_kept_leaves_nothing_behind(store: Store) -> None:
    case_id = uuid4()
    opening = foreign(case_id, ev.CaseOpened(about="Help", machine="m"), author=METTE)
    closed = foreign(case_id, ev.CaseClosed(), author=METTE, seq=2)
    store.receive([ev.Confirmed(version=1, event=opening)], "e:1")
    unheard_of = ev.Confirmed(version=2**70, event=foreign(case_id, note("too far"), seq=3))
    with pytest.raises((StoreError, OverflowError)):
        store.receive([ev.Confirmed(version=2, event=closed), unheard_of], "e:2")
    assert (store.cursor(), store.cases()[0].status.value) == ("e:1", "new")
    store.receive([ev.Confirmed(version=2, event=foreign(case_id, note("next"), seq=4))], "e:2")
    assert store.cases()[0].status.value == "new"
    assert store.rebuild().differences == ()
