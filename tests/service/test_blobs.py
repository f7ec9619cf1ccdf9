"""Blobs by the core of tus: offsets, resuming, verification, limits, who may read.

All of it with files in the data folder and in a bucket: the one on SQLite, the other on PostgreSQL, which saves half.
"""

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.events import AuditHead, DiagnosticsShared, EndReason, SessionEnded
from app.service.app import create_app
from app.service.blob_choice import open_store
from app.service.errors import BlobStoreError
from tests.service.buckets import BucketServer, only_keys
from tests.service.parts import TUS, NotedRelay, Person, Shop


@pytest.fixture
def shop(tmp_path: Path, relay: NotedRelay, db: str | None, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A service that runs, with a bucket where it is on PostgreSQL."""
    if db is None:
        shop = Shop(tmp_path, relay)
    else:
        buckets: BucketServer = request.getfixturevalue("buckets")
        shop = Shop(tmp_path, relay, db=db, blobs_at=buckets.bucket(), blobs_endpoint=buckets.endpoint)
    shop.start()
    yield shop
    shop.close()


@pytest.fixture
def bucket_shop(tmp_path: Path, buckets: BucketServer) -> Iterator[Shop]:
    """A service with a bucket that runs, on SQLite."""
    shop = Shop(tmp_path, NotedRelay(), blobs_at=buckets.bucket(), blobs_endpoint=buckets.endpoint).start()
    yield shop
    shop.close()


def sha(content: bytes) -> str:
    """The address of a content."""
    return hashlib.sha256(content).hexdigest()


def eventually_offset(person: Person, sha256: str, wanted: int) -> bool:
    """Whether the service comes to hold so many bytes; the end of a cut request takes it a moment to see."""
    pause = threading.Event()
    return any(person.offset(sha256) == wanted or pause.wait(0.02) for _ in range(200))


def test_a_new_blob_is_at_offset_zero_and_a_whole_one_tells_its_length(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), b"a recording"
    head = kim.http.head(f"/v1/blobs/{sha(content)}", headers=TUS)
    assert (head.status_code, head.headers["Upload-Offset"], "Upload-Length" in head.headers) == (200, "0", False)
    assert (head.headers["Tus-Resumable"], head.headers["Cache-Control"]) == ("1.0.0", "no-store")
    kim.upload(content)
    head = kim.http.head(f"/v1/blobs/{sha(content)}", headers=TUS)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("11", "11")


def test_an_upload_goes_on_where_it_ended_also_after_a_restart(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), bytes(range(256)) * 2000
    first = kim.patch(sha(content), content[:300_000], 0, len(content))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "300000")
    shop.stop()
    shop.start()
    assert kim.offset(sha(content)) == 300_000
    assert kim.patch(sha(content), content[300_000:], 300_000, len(content)).status_code == 204
    assert kim.http.get(f"/v1/blobs/{sha(content)}").content == content


def test_a_wrong_offset_is_a_conflict_that_tells_the_right_one(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), b"0123456789"
    kim.patch(sha(content), content[:4], 0, 10)
    for offset in (0, 5, 11):
        answer = kim.patch(sha(content), b"xx", offset, 10)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "4")
    assert kim.patch(sha(content), content[4:], 4, 10).status_code == 204


def test_content_that_is_not_what_its_address_says_is_dropped(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), b"0123456789"
    answer = kim.patch(sha(content), b"012345678X", 0, 10)
    assert (answer.status_code, answer.json()["title"]) == (460, "Checksum Mismatch")
    assert kim.offset(sha(content)) == 0
    assert kim.http.get(f"/v1/blobs/{sha(content)}").status_code == 404
    kim.upload(content)


def test_what_came_before_the_connection_dropped_is_kept(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), bytes(300_000)
    host, port = shop.url.removeprefix("http://").split(":")
    head = (
        f"PATCH /v1/blobs/{sha(content)} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {kim.token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nUpload-Length: {len(content)}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + content[:100_000])
    assert eventually_offset(kim, sha(content), 100_000)
    assert kim.patch(sha(content), content[100_000:], 100_000, len(content)).status_code == 204


def test_two_uploads_of_the_same_at_once_do_not_mix(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), b"ab" * 300_000
    other_was_refused = threading.Event()
    answers = []

    def slow() -> Iterator[bytes]:
        yield content[:400_000]
        assert other_was_refused.wait(10)
        yield content[400_000:]

    def send() -> None:
        headers = {"Upload-Offset": "0", "Upload-Length": str(len(content)), **TUS}
        kind = {"Content-Type": "application/offset+octet-stream", "Content-Length": str(len(content))}
        answers.append(kim.http.patch(f"/v1/blobs/{sha(content)}", content=slow(), headers={**headers, **kind}))

    sending = threading.Thread(target=send)
    sending.start()
    pause = threading.Event()
    assert any(kim.offset(sha(content)) or pause.wait(0.02) for _ in range(200))
    assert kim.patch(sha(content), b"", kim.offset(sha(content)), len(content)).status_code == 423
    other_was_refused.set()
    sending.join(10)
    assert answers[0].status_code == 204
    assert kim.http.get(f"/v1/blobs/{sha(content)}").content == content


def test_two_people_upload_the_same_without_touching_each_other(shop: Shop) -> None:
    kim, lee, content = shop.customer("Kim"), shop.customer("Lee"), b"the same report"
    kim.patch(sha(content), content[:5], 0, len(content))
    assert lee.offset(sha(content)) == 0
    lee.upload(content)
    assert kim.offset(sha(content)) == 5
    assert kim.http.get(f"/v1/blobs/{sha(content)}").status_code == 404
    kim.patch(sha(content), content[5:], 5, len(content))
    assert kim.http.get(f"/v1/blobs/{sha(content)}").content == content


def test_who_may_read_a_blob(shop: Shop) -> None:
    kim, lee, sanne = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne")
    report, recording = kim.upload(b"report"), sanne.upload(b"recording")
    case_id = kim.open_case()
    path = f"/v1/blobs/{recording}"
    assert (kim.http.get(path).status_code, sanne.http.get(f"/v1/blobs/{report}").status_code) == (404, 200)
    ended = SessionEnded(
        session=case_id,
        reason=EndReason.CUSTOMER_STOPPED,
        seconds=3,
        recording=recording,
        audit=sanne.upload(b"audit"),
        audit_head=AuditHead(lines=1, head="0" * 64),
    )
    assert "version" in sanne.push(sanne.event(case_id, ended))[0]
    assert (kim.http.get(path).content, lee.http.get(path).status_code) == (b"recording", 404)
    again = kim.event(case_id, DiagnosticsShared(findings=(), redactions=0, report=recording))
    assert "version" in kim.push(again)[0]


def test_part_of_a_blob_can_be_read(shop: Shop) -> None:
    kim = shop.customer("Kim")
    path = f"/v1/blobs/{kim.upload(b'0123456789')}"
    answer = kim.http.get(path, headers={"Range": "bytes=4-"})
    assert (answer.status_code, answer.content) == (206, b"456789")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for wanted, status, content, told in (
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("bytes=5-4", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ):
        answer = kim.http.get(path, headers={"Range": wanted})
        assert (answer.status_code, answer.content, answer.headers.get("Content-Range")) == (status, content, told)
    for wanted in ("bytes=10-", "bytes=10-12", "bytes=-0"):
        answer = kim.http.get(path, headers={"Range": wanted})
        assert (answer.status_code, answer.json()["type"]) == (416, "range")
        assert answer.headers["Content-Range"] == "bytes */10"


def test_a_large_blob_comes_whole_and_from_the_middle(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), bytes(range(256)) * 12_289  # three pieces, and a byte of a fourth
    path = f"/v1/blobs/{kim.upload(content)}"
    assert kim.http.get(path).content == content
    assert kim.http.get(path, headers={"Range": "bytes=1000000-3000000"}).content == content[1_000_000:3_000_001]
    empty = kim.http.get(f"/v1/blobs/{kim.upload(b'')}", headers={"Range": "bytes=0-99"})
    assert (empty.status_code, empty.content) == (200, b"")


def test_a_blob_that_the_store_has_lost_is_told(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    kim = shop.customer("Kim")
    sha256 = kim.upload(b"lost")
    open_store(shop.settings).remove(sha256)
    answer = kim.http.get(f"/v1/blobs/{sha256}")
    assert (answer.status_code, answer.json()["type"]) == (404, "missing")
    assert f"{sha256[:12]}… is missing" in caplog.text


def test_a_store_that_is_away_loses_nothing(bucket_shop: Shop, buckets: BucketServer) -> None:
    kim, content = bucket_shop.customer("Kim"), b"ab" * 300_000
    path, before = f"/v1/blobs/{sha(content)}", kim.upload(b"before")
    buckets.stop()
    try:
        answer = kim.patch(sha(content), content, 0, len(content))
        assert (answer.status_code, answer.json()["type"], answer.headers["Retry-After"]) == (503, "store", "5")
        assert kim.http.get(f"/v1/blobs/{before}").status_code == 503
        ready = bucket_shop.anonymous().get("/readyz")
        assert (ready.status_code, "keeps files" in ready.json()["detail"]) == (503, True)
        assert kim.http.head(path, headers=TUS).headers["Upload-Offset"] == str(len(content))
        with pytest.raises(BlobStoreError, match="does not answer"):
            create_app(bucket_shop.settings, None)
    finally:
        buckets.start()
    bucket_shop.stop()
    bucket_shop.start()
    assert "Upload-Length" not in kim.http.head(path, headers=TUS).headers
    assert kim.patch(sha(content), b"", len(content), len(content)).status_code == 204  # nothing is sent again
    assert kim.http.get(path).content == content
    assert not list(bucket_shop.settings.parts.iterdir())
    assert bucket_shop.anonymous().get("/readyz").status_code == 200


def test_a_service_without_keys_to_its_bucket_does_not_start(
    bucket_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_keys(monkeypatch, None)
    with pytest.raises(BlobStoreError, match="no keys"):
        create_app(bucket_shop.settings, None)


def test_a_data_folder_that_takes_nothing_is_told_and_nothing_is_lost(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), b"0123456789"
    kim.patch(sha(content), content[:4], 0, 10)
    aside = shop.settings.parts.rename(shop.settings.parts.with_name("aside"))
    shop.settings.parts.write_bytes(b"in the way")
    answer = kim.patch(sha(b"other"), b"other", 0, 5)
    assert (answer.status_code, answer.json()["type"]) == (503, "store")
    shop.settings.parts.unlink()
    aside.rename(shop.settings.parts)
    assert kim.patch(sha(content), content[4:], 4, 10).status_code == 204


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_what_came_is_kept(shop: Shop) -> None:
    kim, content = shop.customer("Kim"), b"0123456789"
    part = shop.app.state.service.parts.path(sha(content), kim.me.id)
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    answer = kim.patch(sha(content), content, 0, 10)
    assert (answer.status_code, answer.json()["type"]) == (507, "no-room")
    assert "tried again later" in answer.json()["detail"]
    part.unlink()
    kim.upload(content)


def test_a_file_over_the_limit_is_too_large(tmp_path: Path, db: str | None) -> None:
    shop = Shop(tmp_path, db=db, max_blob=1000).start()
    try:
        kim = shop.customer("Kim")
        assert kim.patch("ab" * 32, b"x", 0, 1001).status_code == 413
        assert kim.patch("ab" * 32, b"x" * 1001, 0, 1000).status_code == 413
        assert kim.offset("ab" * 32) == 0
    finally:
        shop.close()


def test_more_than_announced_is_refused(shop: Shop) -> None:
    kim = shop.customer("Kim")
    assert kim.patch("ab" * 32, b"12345", 0, 4).status_code == 400
    kim.patch("cd" * 32, b"123", 0, 5)
    assert kim.patch("cd" * 32, b"", 3, 2).status_code == 400  # what was announced cannot shrink below what came


def test_bad_requests_have_clear_answers(shop: Shop) -> None:
    kim, path = shop.customer("Kim"), "/v1/blobs/" + "ab" * 32
    good = {"Upload-Offset": "0", "Upload-Length": "1", "Content-Type": "application/offset+octet-stream", **TUS}
    assert kim.http.head(path).status_code == 412
    assert kim.http.head(path, headers={"Tus-Resumable": "0.2.2"}).headers["Tus-Version"] == "1.0.0"
    assert kim.http.patch(path, content=b"x", headers={**good, "Content-Type": "text/plain"}).status_code == 415
    for name in ("Upload-Offset", "Upload-Length"):
        for value in ("-1", "x", "", "9" * 16):
            assert kim.http.patch(path, content=b"x", headers={**good, name: value}).status_code == 422
    for name in ("AB" * 32, "ab", "..%2F..%2Fetc%2Fpasswd", "ab" * 32 + "%0a"):
        assert kim.http.get(f"/v1/blobs/{name}").status_code in (404, 422)


def test_files_are_private(shop: Shop) -> None:
    kim = shop.customer("Kim")
    kim.patch("ab" * 32, b"x", 0, 4)
    kim.upload(b"whole")
    paths = list(shop.settings.blobs.rglob("*"))
    assert len(paths) == (2 if shop.settings.blobs_at else 4)
    assert not any(path.stat().st_mode & 0o077 for path in paths)
