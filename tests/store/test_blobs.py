"""Blobs: content by its SHA-256, what is to be sent, what is missing, which recordings are to be indexed."""

import hashlib
from uuid import uuid4

from app.domain import events as ev
from app.store.store import Store
from tests.store.parts import METTE, START, foreign, open_case


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


def _shared(report: str) -> ev.DiagnosticsShared:
    return ev.DiagnosticsShared(findings=(), redactions=0, report=report)


def _ended(audit: str, recording: str) -> ev.SessionEnded:
    reason = ev.EndReason.TECHNICIAN_LEFT
    return ev.SessionEnded(session=uuid4(), reason=reason, seconds=1, audit=audit, recording=recording)
