"""Blobs: content by its SHA-256, what is to be sent, what is missing, which recordings are to be indexed."""

import hashlib
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from app.domain import events as ev
from app.store import blobs, log
from app.store.connection import connect
from app.store.store import Store
from tests.store.parts import KEY, METTE, START, foreign, open_case, opened


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_content_is_found_by_its_sha256_and_kept_once(store: Store) -> None:
    content = bytes(range(256)) * 10_000
    assert store.put_blob(content) == store.put_blob(content) == _sha256(content)
    assert store.blob(_sha256(content)) == content
    assert store.blob(_sha256(b"other")) is None
    assert store.blob(store.put_blob(b"")) == b""


def test_what_was_made_here_is_to_be_sent_until_the_service_has_it(store: Store) -> None:
    first, second = store.put_blob(b"first"), store.put_blob(b"second")
    store.receive_blob(b"from elsewhere")
    assert store.blobs_to_send() == (first, second)
    store.blob_sent(first)
    store.put_blob(b"first")
    assert store.blobs_to_send() == (second,)


def test_what_events_name_and_is_not_held_is_missing(store: Store) -> None:
    case_id = open_case(store)
    store.append(METTE, ev.Stream.CASE, case_id, _shared(_sha256(b"report")))
    ended = foreign(case_id, _ended(audit=_sha256(b"audit"), recording=_sha256(b"recording")))
    store.receive([ev.Confirmed(version=1, event=ended)], "a:1")
    assert set(store.blobs_missing()) == {_sha256(b"report"), _sha256(b"audit"), _sha256(b"recording")}
    assert store.receive_blob(b"audit") == _sha256(b"audit")
    store.put_blob(b"report")
    assert store.blobs_missing() == (_sha256(b"recording"),)


def test_what_is_missing_is_told_in_parts(store: Store) -> None:
    case_id = open_case(store)
    names = sorted(_sha256(bytes([number])) for number in range(5))
    for number, sha256 in enumerate((*names, names[0])):
        event = foreign(case_id, _shared(sha256), seq=number + 1)
        store.receive([ev.Confirmed(version=number + 1, event=event)], f"a:{number}")
    assert store.missing_count() == 5
    assert store.blobs_missing(2) == tuple(names[:2])
    assert store.blobs_missing(2, names[1]) == tuple(names[2:4])
    assert store.blobs_missing(2, names[3]) == tuple(names[4:])
    assert store.blobs_missing(2, names[4]) == ()


def test_pieces_count_where_they_go_on_from_what_is_here(store: Store) -> None:
    whole = b"0123456789"
    sha256 = _sha256(whole)
    assert store.part_of_blob(sha256) == (0, None)
    assert store.add_to_blob(sha256, 0, whole[:4], 10) == 4
    assert store.add_to_blob(sha256, 0, whole[:6], 10) == 4  # another program was first
    assert store.add_to_blob(sha256, 5, whole[5:], 10) == 4
    assert store.part_of_blob(sha256) == (4, 10)
    assert store.blob(sha256) is None
    assert store.add_to_blob(sha256, 4, whole[4:], 10) == 10
    assert store.finish_blob(sha256)
    assert store.finish_blob(sha256)
    assert store.blob(sha256) == whole
    assert store.add_to_blob(sha256, 0, whole[:4], 10) == 10
    assert store.blobs_to_send() == ()


def test_pieces_that_are_not_what_they_should_be_go_and_those_of_others_stay(store: Store) -> None:
    store.add_to_blob(_sha256(b"other"), 0, b"oth", 5)
    store.add_to_blob(_sha256(b"whole"), 0, b"torn!", 5)
    assert not store.finish_blob(_sha256(b"whole"))
    assert store.blob(_sha256(b"whole")) is None
    assert store.part_of_blob(_sha256(b"whole")) == (0, None)
    assert store.part_of_blob(_sha256(b"other")) == (3, 5)
    store.put_blob(b"other")  # made here as well
    store.drop_blob(_sha256(b"other"))
    assert store.blob(_sha256(b"other")) == b"other"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (blobs._MISSING, "blob_named_missing"),
        (blobs._TO_INDEX, "blob_named_to_index"),
        (log._LISTED, "event_listed"),
    ],
)
def test_what_is_asked_for_often_is_found_without_reading_all(path: Path, query: str, index: str) -> None:
    with opened(path), closing(connect(path, KEY)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", ["a", 1][: query.count("?")]).fetchall()
    assert [text for *_, text in plan if "event" in text or "blob_named" in text]
    assert all(index in text for *_, text in plan if text.startswith(("SCAN", "SEARCH")))


def test_a_refused_event_names_nothing_that_must_be_fetched(store: Store) -> None:
    case_id = open_case(store)
    event = store.append(METTE, ev.Stream.CASE, case_id, _shared(_sha256(b"report")))
    store.refuse(event.id, "no")
    assert store.blobs_missing() == ()


def test_a_recording_is_to_be_indexed_once_it_is_here_and_until_it_was(store: Store) -> None:
    case_id = open_case(store)
    body = _ended(audit=_sha256(b"audit"), recording=_sha256(b"recording"))
    event = foreign(case_id, body)
    store.receive([ev.Confirmed(version=1, event=event)], "a:1")
    store.receive_blob(b"audit")
    assert store.recordings_to_index() == ()
    store.receive_blob(b"recording")
    (fresh,) = store.recordings_to_index()
    assert (fresh.case_id, fresh.session, fresh.sha256) == (case_id, body.session, body.recording)
    store.index_terminal(case_id, body.session, START, "")
    assert store.recordings_to_index() == ()


def test_in_whatever_order_it_comes_a_recording_is_to_be_indexed_once(store: Store) -> None:
    case_id = open_case(store)
    first, second = _ended(_sha256(b"a"), _sha256(b"first")), _ended(_sha256(b"a"), _sha256(b"second"))
    store.put_blob(b"first")
    store.append(METTE, ev.Stream.CASE, case_id, first)  # it was here before it was named
    assert [fresh.session for fresh in store.recordings_to_index()] == [first.session]
    store.index_terminal(case_id, second.session, START, "text")  # before it is named, or here
    store.receive([ev.Confirmed(version=1, event=foreign(case_id, second))], "a:1")
    store.receive_blob(b"second")
    assert [fresh.session for fresh in store.recordings_to_index()] == [first.session]
    store.index_terminal(case_id, first.session, START, "text")
    assert store.recordings_to_index() == ()


def _shared(report: str) -> ev.DiagnosticsShared:
    return ev.DiagnosticsShared(findings=(), redactions=0, report=report)


def _ended(audit: str, recording: str) -> ev.SessionEnded:
    reason = ev.EndReason.TECHNICIAN_LEFT
    return ev.SessionEnded(session=uuid4(), reason=reason, seconds=1, audit=audit, recording=recording)
