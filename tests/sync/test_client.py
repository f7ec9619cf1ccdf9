"""The client: addresses, tokens, errors that help, blobs that resume, mail."""

import hashlib
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.service import admin
from app.sync.client import ServiceClient
from app.sync.errors import (
    InsecureServiceError,
    NoServiceError,
    NotEnrolledError,
    ServiceFaultError,
    ServiceRefusedError,
    SyncError,
    TooOldError,
    UnauthorisedError,
)
from app.sync.transfers import send_blob
from tests.service.parts import KEY, NotedRelay, Shop
from tests.sync.parts import Devices

Respond = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def strange_service(respond: Respond) -> Iterator[str]:
    """A server that answers every GET as told. Yields its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(status: int, content: bytes, **headers: str) -> Respond:
    """Answer with this."""

    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return respond


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [(429, "7", 7), (503, "30", 30), (503, "9" * 400, 999_999_999), (429, "Wed, 21 Oct 2026 07:28:00 GMT", None),
     (503, "-1", None), (503, "²", None), (500, "5", None), (404, "5", None)],
)  # fmt: skip
def test_a_service_may_ask_to_be_left_alone(status: int, header: str, seconds: float | None) -> None:
    respond = answer(status, b"", Retry_After=header)
    with strange_service(respond) as url, client_of(url) as client, pytest.raises(SyncError) as error:
        client.pull(None)
    assert error.value.retry_after == seconds


@contextmanager
def client_of(url: str, token: str | None = "secret") -> Iterator[ServiceClient]:
    """A client, closed at the end."""
    client = ServiceClient(url, token=lambda: token)
    try:
        yield client
    finally:
        client.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://192.168.1.2:8470",
        "ftp://127.0.0.1",
        "example.org",
        "",
        "https://",
        "https://user:word@example.org",
        "https://example.org/?a=b",
        "http://127.0.0.1.example.org",
        "https://example.org:port",
        "file:///etc/passwd",
    ],
)
def test_a_token_is_never_sent_in_the_open(url: str) -> None:
    with pytest.raises(InsecureServiceError, match="https://"):
        ServiceClient(url, token=lambda: "secret")


@pytest.mark.parametrize(
    "url", ["https://example.org/", "http://localhost:1", "http://127.0.0.1:8470", "http://[::1]:1"]
)
def test_https_and_this_machine_are_fine(url: str) -> None:
    with client_of(url) as client:
        assert client.url == url.rstrip("/")


def test_no_service_says_where_and_what_helps() -> None:
    with (
        client_of("http://127.0.0.1:1") as client,
        pytest.raises(NoServiceError, match=r"http://127\.0\.0\.1:1 .*network"),
    ):
        client.provider()


def test_no_token_is_told_before_anything_is_sent() -> None:
    with client_of("http://127.0.0.1:1", token=None) as client, pytest.raises(NotEnrolledError, match="bistand enrol"):
        client.pull(None)


def test_a_token_that_opens_nothing_is_told(shop: Shop) -> None:
    with client_of(shop.url) as client, pytest.raises(UnauthorisedError, match="Ask the owner"):
        client.pull(None)


def test_enrolling_tells_who_one_is(shop: Shop) -> None:
    code = admin.add_technician(shop.settings, "Sanne")
    with client_of(shop.url, token=None) as client:
        assert client.provider().model_dump() == {"name": "Nørrebro IT", "url": shop.url}
        enrolled = client.enrol(code, uuid4())
        assert (enrolled.me.name, enrolled.provider) == ("Sanne", "Nørrebro IT")
        with pytest.raises(ServiceRefusedError, match="This code does not work"):
            client.enrol(code, uuid4())
    assert enrolled.token not in repr(client.__dict__)


def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        seen.append(handler.path)
        answer(302, b"", Location="/elsewhere")(handler)

    with strange_service(respond) as url, client_of(url) as client, pytest.raises(ServiceRefusedError, match="302"):
        client.pull(None)
    assert seen == ["/v1/events?wait=0"]


@pytest.mark.parametrize(
    "content", [b"<html>", b"{}", b'{"events":[{"version":0,"event":{}}],"cursor":"x"}', b"[" * 9000]
)
def test_an_answer_that_is_not_understood_asks_for_an_update(content: bytes) -> None:
    with (
        strange_service(answer(200, content)) as url,
        client_of(url) as client,
        pytest.raises(TooOldError, match="Update"),
    ):
        client.pull(None)


def test_a_fault_of_the_service_is_told_as_one() -> None:
    respond = answer(502, b"<html>Bad gateway")
    with strange_service(respond) as url, client_of(url) as client, pytest.raises(ServiceFaultError, match="HTTP 502"):
        client.pull(None)


def test_a_hostile_problem_is_bounded_and_harmless() -> None:
    problem = json.dumps(["no", "object"]).encode()
    with (
        strange_service(answer(400, problem, Content_Type="application/problem+json")) as url,
        client_of(url) as client,
        pytest.raises(ServiceRefusedError, match="HTTP 400"),
    ):
        client.pull(None)


def test_an_answer_without_end_is_cut() -> None:
    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 1_000_000)
        except OSError:
            return

    with strange_service(respond) as url, client_of(url) as client, pytest.raises(NoServiceError):
        client.pull(None)


def test_a_password_file_does_not_take_the_tokens_place(
    shop: Shop, devices: Devices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert devices.customer("Kim").client.pull(None).events == ()


def test_closing_ends_a_long_poll_of_another_thread(devices: Devices) -> None:
    kim = devices.customer("Kim")
    kim.client.pull(None)
    failed: list[Exception] = []

    def wait() -> None:
        try:
            kim.client.pull(None, wait=25)
        except NoServiceError as error:
            failed.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    kim.client.close()
    waiting.join(10)
    assert failed


def test_a_blob_goes_on_where_it_was_cut(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    content = bytes(range(256)) * 40_000
    sha256 = hashlib.sha256(content).hexdigest()
    headers = {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "Upload-Length": str(len(content)),
        "Tus-Resumable": "1.0.0",
    }
    kim.client.http.ask("PATCH", f"/v1/blobs/{sha256}", body=content[:5_000_000], headers=headers)
    shop.stop()
    shop.start()
    send_blob(kim.client.http, content)
    send_blob(kim.client.http, content)
    assert kim.fetched(sha256) == content


@pytest.mark.parametrize("content", [b"", b"x"])
def test_small_and_empty_blobs_go_over(devices: Devices, content: bytes) -> None:
    kim = devices.customer("Kim")
    send_blob(kim.client.http, content)
    assert kim.fetched(hashlib.sha256(content).hexdigest()) == content


def test_a_spoilt_part_is_dropped_and_sent_again(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    content = b"what was really recorded"
    sha256 = hashlib.sha256(content).hexdigest()
    part = shop.settings.blobs / "parts" / f"{sha256}.{kim.me.id.hex}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"something else")
    send_blob(kim.client.http, content)
    assert kim.fetched(sha256) == content


def test_a_blob_that_is_not_there_is_none(devices: Devices) -> None:
    assert devices.customer("Kim").fetched("ab" * 32) is None


def test_sessions_open_join_and_end(devices: Devices, relay: NotedRelay) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id, session = kim.open_case(), uuid4()
    kim.sync.once()
    assert kim.client.offer_session(session, case_id, f"{KEY} a comment").forward_port == 40001
    assert sanne.client.join_session(session, KEY).host == "127.0.0.1"
    kim.client.end_session(session)
    with pytest.raises(ServiceRefusedError, match="over"):
        sanne.client.join_session(session, KEY)
    assert relay.asked == [("customer", session, KEY), ("technician", session, KEY), ("expel", session, "")]


def test_mail_comes_in_order_to_the_other_side_with_its_author(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id, session = kim.open_case(), uuid4()
    kim.sync.once()
    kim.client.offer_session(session, case_id, KEY)
    here, there = kim.client.mailbox(session), sanne.client.mailbox(session)
    for body in (b"one", b"", bytes(range(256)) * 64):
        there.post(body)
    assert [here.next(5) for _ in range(3)] == [b"one", b"", bytes(range(256)) * 64]
    assert here.author == "Sanne"
    assert here.next(0) is None
    assert there.next(0.1) is None
    assert sanne.client.mailbox(session).next(0) is None


def test_a_reader_is_woken_by_a_letter(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id, session = kim.open_case(), uuid4()
    kim.sync.once()
    kim.client.offer_session(session, case_id, KEY)
    read: list[tuple[bytes | None, float]] = []
    box = sanne.client.mailbox(session)
    reader = threading.Thread(target=lambda: read.append((box.next(20), time.monotonic())))
    reader.start()
    reader.join(0.3)
    posted = time.monotonic()
    kim.client.mailbox(session).post(b"hello")
    reader.join(20)
    assert read[0][0] == b"hello"
    assert read[0][1] - posted < 10  # else it would have waited for all of its twenty


def test_reading_mail_bridges_a_service_that_is_away_for_a_moment(devices: Devices, shop: Shop) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id, session = kim.open_case(), uuid4()
    kim.sync.once()
    kim.client.offer_session(session, case_id, KEY)
    read: list[bytes | None] = []
    box = sanne.client.mailbox(session)
    reader = threading.Thread(target=lambda: read.append(box.next(20)))
    reader.start()
    shop.stop()
    shop.start()
    kim.client.mailbox(session).post(b"back again")
    reader.join(10)
    assert read == [b"back again"]
