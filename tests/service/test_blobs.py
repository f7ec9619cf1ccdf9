"""Blobs by the core of tus: offsets, resuming, verification, limits, who may read."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from app.domain.events import AuditHead, DiagnosticsShared, EndReason, SessionEnded
from tests.service.parts import TUS, Person, Shop


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
    assert shop.customer("Kim").patch("ab" * 32, b"12345", 0, 4).status_code == 400


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
    assert len(paths) == 4
    assert not any(path.stat().st_mode & 0o077 for path in paths)
