"""A device that hears of an erasure does the same with its own copies, whatever state they are in."""

from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain import events as ev
from app.domain.errors import RefusedError
from app.domain.people import Author, Role
from app.store.opening import open_store, steps
from app.store.store import Store
from tests.store.parts import ANNA, JENS, KEY, METTE, START, add_note, foreign, note, open_case, opened

OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
METTE_GONE = ev.PersonErased(person=METTE.id, role=Role.CUSTOMER)
WORDS = ("hemmelig", "Mette", "front desk", "kundens", "secretly", "recorded-words", "refused-words")


def receive(store: Store, *events: ev.Event, start: int = 1) -> None:
    """These come from the service."""
    confirmed = [ev.Confirmed(version=number, event=event) for number, event in enumerate(events, start)]
    store.receive(confirmed, f"{'0' * 32}:{start + len(events) - 1}")


def told(store: Store, case_id: UUID, gone: ev.PersonErased = METTE_GONE, author: Author = OWNER) -> None:
    """The service tells that somebody was erased."""
    receive(store, foreign(case_id, gone, author=author, seq=1), start=900)


def filled(store: Store) -> tuple[UUID, UUID]:
    """Two cases of Mette's: the first has something of all that a store keeps, the second is there to stay."""
    case_id, session = open_case(store, "Noget hemmelig for Mette"), uuid4()
    recording = store.put_blob(b"recorded-words")
    report = store.put_blob(b"kundens report")
    store.append(METTE, ev.Stream.CASE, case_id, ev.DiagnosticsShared(findings=(), redactions=0, report=report))
    coming = "ab" * 32
    store.append(METTE, ev.Stream.CASE, case_id, ev.DiagnosticsShared(findings=(), redactions=0, report=coming))
    store.add_to_blob(coming, 0, b"half of kundens report", 44)
    store.append(METTE, ev.Stream.CASE, case_id, ev.SessionOffered(session=session))
    ended = ev.SessionEnded(session=session, reason=ev.EndReason.EXPIRED, seconds=60, recording=recording)
    store.append(JENS, ev.Stream.CASE, case_id, ended)
    store.index_terminal(case_id, session, START, "secretly typed")
    add_note(store, case_id, "kundens printer")
    refused = add_note(store, case_id, "refused-words")
    store.refuse(refused.id, "No.")
    other = uuid4()
    receive(store, foreign(other, ev.CaseOpened(about="Another", machine="m"), author=METTE, seq=9))
    return case_id, other


def everything(path: Path) -> str:
    """All that the store's tables hold."""
    with closing(open_store(path, KEY, steps())) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = (connection.execute(f"SELECT * FROM {name}").fetchall() for name in names if not name.startswith("word"))
        return "\n".join(map(repr, rows))


def test_nothing_is_left_of_a_customers_words_pending_and_refused_ones_included(path: Path) -> None:
    with opened(path) as store:
        case_id, other = filled(store)
    before = everything(path)
    assert all(word in before for word in WORDS)
    with opened(path) as store:
        pending = len(store.outbox(100))
        told(store, case_id)
        assert store.blobs_to_send() == ()
        assert store.blobs_missing() == ()
        assert all(store.search(word) == () for word in ("hemmelig", "kundens", "secretly", "refused"))
        assert len(store.outbox(100)) == pending  # they still go, with nothing in them
        assert [one.event.body for one in store.refused()] == [note("(erased)")]
        row = next(row for row in store.cases() if row.id == case_id)
        assert (row.customer, row.title, row.machine) == ("a former customer", "(erased)", "(erased)")
        assert store.rebuild().differences == ()
        assert store.case(other).about == "Another"
        told(store, other)
        store.check()
    after = everything(path)
    assert [word for word in WORDS if word in after] == []


def test_it_holds_what_is_charged_for_and_takes_time_but_no_text(store: Store) -> None:
    case_id = open_case(store)
    work = ev.WorkRecorded(start=START.replace(hour=8), end=START, text="at Mette's")
    store.append(JENS, ev.Stream.CASE, case_id, work)
    told(store, case_id)
    assert [(each.seconds, each.text) for each in store.case(case_id).work] == [(3600.0, "")]
    with pytest.raises(RefusedError, match="erased"):
        add_note(store, case_id, "Mette called again")
    store.append(JENS, ev.Stream.CASE, case_id, work.model_copy(update={"text": ""}))
    assert store.case(case_id).seconds_worked == 7200


def test_a_blob_that_another_case_names_stays(store: Store) -> None:
    first, second = open_case(store), open_case(store)
    sha256 = store.put_blob(b"the same report")
    for case_id in (first, second):
        shared = ev.DiagnosticsShared(findings=(), redactions=0, report=sha256)
        store.append(METTE, ev.Stream.CASE, case_id, shared)
    told(store, first)
    assert store.blob(sha256) == b"the same report"
    told(store, second)
    assert store.blob(sha256) is None


def test_of_a_technician_the_name_goes(store: Store) -> None:
    case_id = open_case(store)
    receive(store, foreign(case_id, note("Anna's advice"), author=ANNA))
    told(store, case_id, ev.PersonErased(person=ANNA.id, role=Role.TECHNICIAN))
    (kept,) = store.case(case_id).notes
    assert (kept.author.name, kept.text) == ("a former technician", "Anna's advice")
    assert [hit.author for hit in store.search("advice")] == ["a former technician"]


@pytest.mark.parametrize("author", [METTE, JENS])
def test_a_word_that_is_not_the_owners_erases_nothing(store: Store, author: Author) -> None:
    case_id = open_case(store, "Still here")
    told(store, case_id, author=author)
    assert store.case(case_id).about == "Still here"
