"""Where far more comes than can be looked into at once: in the log at once, in lists soon, the newest first."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain import events as ev
from app.domain.people import Author, Role
from app.store.store import Store
from tests.store.parts import ANNA, METTE, START, add_note, foreign, note, open_case, opened

OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
REPORT = "a" * 64


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.following._AT_ONCE", 4)


def shop_log(cases: int) -> Iterator[ev.Confirmed]:
    """Cases one after the other, each opened, with a report, and with a note that tells its number."""
    for number in range(cases):
        case_id = UUID(int=1000 + number)
        bodies: tuple[tuple[Author, ev.Body], ...] = (
            (METTE, ev.CaseOpened(about=f"Help {number}", machine="front desk")),
            (METTE, ev.DiagnosticsShared(findings=(), redactions=0, report=REPORT)),
            (ANNA, note(f"stripes {number}")),
        )
        for place, (author, body) in enumerate(bodies, 1 + 3 * number):
            at = START + timedelta(minutes=place)
            yield ev.Confirmed(version=place, event=foreign(case_id, body, author=author, seq=place, at=at))


def follow_all(store: Store) -> None:
    """Until nothing is left."""
    while store.to_follow():
        store.follow()


def test_the_log_is_whole_at_once_and_lists_and_search_follow_from_the_newest_on(store: Store) -> None:
    log = list(shop_log(6))
    assert store.receive(log, "e:18", more=True) == 18
    assert (store.to_follow(), store.cursor()) == (18, "e:18")
    assert len(store.case(UUID(int=1000)).timeline) == 3
    assert (store.cases(), store.search("stripes"), store.blobs_missing()) == ((), (), ())
    store.follow()
    assert store.to_follow() == 14
    assert [row.title for row in store.cases()] == ["Help 5", "Help 4"]
    assert [hit.snippet for hit in store.search("stripes")] == ["stripes 5", "stripes 4"]
    follow_all(store)
    assert [row.title for row in store.cases()] == [f"Help {number}" for number in range(5, -1, -1)]
    assert store.blobs_missing() == (REPORT,)
    assert store.rebuild().differences == ()
    store.follow()
    assert store.to_follow() == 0


def test_what_is_newer_is_found_first_whatever_was_written_meanwhile(store: Store) -> None:
    log = list(shop_log(5))
    store.receive(log[:6], "e:6", more=True)
    ours = open_case(store, "Help ours")
    store.receive(log[6:9], "e:9", more=True)
    store.follow()
    add_note(store, ours, "stripes ours")
    store.receive(log[9:12], "e:12", more=True)  # one more page after some were followed
    store.receive(log[12:], "e:15")
    follow_all(store)
    assert [place for place in places(store) if place > 0] == sorted(places(store))
    assert len(store.search("stripes")) == 6
    assert store.rebuild().differences == ()
    assert store.case(ours).timeline


def places(store: Store) -> list[int]:
    """Where the passages of the shop's notes stand, the oldest note first."""
    query = "SELECT place FROM passage WHERE source = 'note' AND author = 'Anna' ORDER BY at"
    return [place for (place,) in store._read(lambda connection: connection.execute(query).fetchall())]


def test_a_program_that_is_closed_amid_it_leaves_the_rest_to_the_next(path: Path) -> None:
    with opened(path) as store:
        store.receive(list(shop_log(4)), "e:12", more=True)
        store.follow()
    with opened(path) as store, opened(path) as another:
        assert store.to_follow() == 8
        store.follow()
        another.follow()
        assert store.to_follow() == another.to_follow() == 0
        assert len(store.cases()) == 4
        assert store.rebuild().differences == ()


def test_an_erasure_does_not_wait_and_what_it_erased_is_never_found(store: Store) -> None:
    log = list(shop_log(3))
    gone = foreign(log[0].event.stream_id, ev.PersonErased(person=METTE.id, role=Role.CUSTOMER), author=OWNER, seq=99)
    store.receive(log, "e:9", more=True)
    store.receive([ev.Confirmed(version=10, event=gone)], "e:10", more=True)
    assert store.case(log[0].event.stream_id).title != "Help 0"
    follow_all(store)
    assert not [hit for hit in store.search("help") if hit.case_id == log[0].event.stream_id]
    assert [hit.snippet for hit in store.search("stripes")] == ["stripes 2", "stripes 1"]
    assert store.rebuild().differences == ()


def test_what_is_here_already_is_told_at_once(store: Store) -> None:
    case_id = open_case(store, "Help me")
    mine = add_note(store, case_id, "stripes of mine")
    store.receive([ev.Confirmed(version=2, event=mine)], "e:2", more=True)
    assert (store.to_follow(), store.cases()[0].pending) == (0, 1)
    follow_all(store)
    assert [hit.where for hit in store.search("stripes")] == ["note"]


def test_refused_and_strange_events_are_left_out_as_ever(store: Store) -> None:
    log = list(shop_log(2))
    store.receive(log[:3], "e:3", more=True)
    refused = add_note(store, log[0].event.stream_id, "stripes refused")
    strange = foreign(uuid4(), ev.UnknownBody(kind="from_the_future"), seq=50)
    store.receive([*log[3:], ev.Confirmed(version=7, event=strange)], "e:7", more=True)
    store.refuse(refused.id, "No.")
    follow_all(store)
    assert [hit.snippet for hit in store.search("stripes")] == ["stripes 1", "stripes 0"]
    assert store.rebuild().differences == ()


def test_a_rebuild_finishes_it_and_calls_nothing_of_it_a_difference(store: Store) -> None:
    store.receive(list(shop_log(3)), "e:9", more=True)
    assert store.rebuild().differences == ()
    assert (store.to_follow(), len(store.cases())) == (0, 3)
