"""The way to the relay through proxies: real ones (tinyproxy, microsocks), and a small one that is awkward."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.remote.errors import LinkError, ProxyError, ProxyUnusableError, RelayUnreachableError
from app.remote.keys import new_key, public_text
from app.remote.link import customer_link
from app.remote.proxy import connect
from app.remote.relay.ports import free_port
from app.remote.relay.relay import Relay
from app.remote.transport import open_socket
from app.system.clock import new_id
from app.system.proxies import Proxy
from tests.proxies import SmallProxy, small_proxy
from tests.remote.relay.clients import echo

KINDS = ["http", "socks5", "socks5h"]


@pytest.fixture
def greeter() -> Iterator[int]:
    """A server that speaks first, as a relay does, then sends back what it is sent; its port."""
    with echo(b"SSH-2.0-hello\r\n") as port:
        yield port


def talk(sock: socket.socket) -> None:
    """Not a byte may be missing, and none too many."""
    with sock:
        sock.sendall(b"ping")
        expected = b"SSH-2.0-hello\r\nping"
        got = b""
        while len(got) < len(expected):
            got += sock.recv(1) or b"(end)"
        assert got == expected


def through(proxy: Proxy, host: str, port: int, seconds: float = 10) -> socket.socket:
    """A connection through this very proxy, to this machine too."""
    return connect(host, port, seconds, lambda _host, _port: proxy)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("in_one_piece", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_pass_whole_through_each_kind(greeter: int, kind: str, in_one_piece: bool, host: str) -> None:
    with small_proxy(SmallProxy(in_one_piece=in_one_piece)) as proxy:
        talk(through(Proxy(kind, "127.0.0.1", proxy.port), host, greeter))
        (asked,) = proxy.asked
        assert asked == f"{host}:{greeter}" or (
            kind == "socks5" and asked in (f"127.0.0.1:{greeter}", f"::1:{greeter}")
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_user_and_a_password_are_told_to_the_proxy_and_to_nobody_else(
    greeter: int, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with small_proxy(SmallProxy(user="ann", password="sesame æ:")) as proxy:
        at = ("127.0.0.1", proxy.port)
        talk(through(Proxy(kind, *at, "ann", "sesame æ:"), "127.0.0.1", greeter))
        with pytest.raises(ProxyError, match="does not take the user and password") as wrong:
            through(Proxy(kind, *at, "ann", "guessed"), "127.0.0.1", greeter)
        with pytest.raises(ProxyError, match="wants a user and a password"):
            through(Proxy(kind, *at), "127.0.0.1", greeter)
    assert f"127.0.0.1:{proxy.port}" in str(wrong.value)
    for secret in ("sesame", "guessed", "ann:", "'ann'"):
        assert secret not in f"{wrong.value!r} {wrong.value.__cause__!r} {caplog.text}"


@pytest.mark.parametrize(
    ("kind", "refusal", "sentence"),
    [
        ("http", b"HTTP/1.1 403 No\r\n\r\n", "HTTP status 403"),
        ("http", b"HTTP/1.0 502 Bad\r\nX: y\r\n\r\n<html>", "HTTP status 502"),
        ("http", b"SSH-2.0-x\r\n\r\n", "does not speak HTTP"),
        ("http", b"HTTP/1.1 200 " + b"x" * 20_000, "makes no sense"),
        ("http", b"HTTP/1.1 20", "hung up"),
        ("http", b"", "hung up"),
        ("socks5h", b"\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00", "its rules forbid it"),
        ("socks5h", b"\x05\x63\x00\x01\x00\x00\x00\x00\x00\x00", "code 99"),
        ("socks5h", b"\x04\x00\x00\x01", "does not speak SOCKS5"),
        ("socks5h", b"\x05\x00", "hung up"),
    ],
)
def test_a_proxy_that_says_no_is_named_with_its_reason(kind: str, refusal: bytes, sentence: str) -> None:
    with small_proxy(SmallProxy(refusal=refusal)) as proxy:
        with pytest.raises(ProxyError, match=sentence) as refused:
            through(Proxy(kind, "127.0.0.1", proxy.port), "relay.test", 7022)
        assert f"127.0.0.1:{proxy.port}" in str(refused.value)
        assert "NO_PROXY" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_says_nothing_is_waited_for_no_longer_than_told(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(ProxyError, match="did not answer in time"):
            through(Proxy(kind, "127.0.0.1", silent.getsockname()[1]), "127.0.0.1", 7022, seconds=0.3)
        assert time.monotonic() - began < 10  # it says nothing for ever


def test_a_proxy_that_is_not_there_is_named() -> None:
    port = free_port("127.0.0.1")
    with pytest.raises(ProxyError, match=rf"127\.0\.0\.1:{port}.*cannot be reached"):
        through(Proxy("http", "127.0.0.1", port), "relay.test", 7022)


@pytest.mark.parametrize("host", ["relay.test\r\nX: y", "relay test", "", "x" * 300])
def test_a_name_that_could_end_a_line_is_never_sent(host: str) -> None:
    with small_proxy() as proxy:
        for kind in ("http", "socks5h"):
            with pytest.raises(ProxyError, match="name cannot be told"):
                through(Proxy(kind, "127.0.0.1", proxy.port), host, 7022)
        assert proxy.asked == []


def test_what_is_set_wrongly_is_a_link_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://anna:secret@proxy")
    with pytest.raises(ProxyUnusableError, match=r"gopher:// is no kind of proxy") as refused:
        open_socket("relay.test", 7022)
    assert isinstance(refused.value, LinkError)
    assert "secret" not in str(refused.value)
    with pytest.raises(RelayUnreachableError):
        open_socket("127.0.0.1", free_port("127.0.0.1"))  # this machine is reached straight, whatever is set


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_customers_link_goes_through_the_proxy_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, relay: Relay, scheme: str
) -> None:
    session, key = new_id(), new_key()
    door = relay.admit_customer(session, public_text(key)).model_copy(update={"host": "relay.test"})
    with small_proxy(SmallProxy(user="anna", password="word", in_one_piece=True)) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://anna:word@127.0.0.1:{proxy.port}")
        monkeypatch.delenv("HTTPS_PROXY", raising=False)
        link = customer_link(door, key)
        assert link.is_up
        link.close()
        assert proxy.asked == [f"relay.test:{door.port}"]
    relay.expel(session)


@contextmanager
def program(*command: str, port: int) -> Iterator[None]:
    """A proxy of the system, once it listens."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 10
            while True:
                with socket.socket() as trial:
                    if trial.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert time.monotonic() < deadline
                time.sleep(0.01)
            yield
        finally:
            process.terminate()


def test_through_tinyproxy(greeter: int, tmp_path: Path) -> None:
    found, port, config = shutil.which("tinyproxy"), free_port("127.0.0.1"), tmp_path / "tinyproxy.conf"
    assert found is not None, "installers/linux/packages test"
    config.write_text(f"Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nBasicAuth anna word\nLogLevel Critical\n")
    with program(found, "-d", "-c", str(config), port=port):
        talk(through(Proxy("http", "127.0.0.1", port, "anna", "word"), "127.0.0.1", greeter))
        talk(through(Proxy("http", "127.0.0.1", port, "anna", "word"), "localhost", greeter))
        with pytest.raises(ProxyError, match="does not take the user"):
            through(Proxy("http", "127.0.0.1", port, "anna", "other"), "127.0.0.1", greeter)
        with pytest.raises(ProxyError, match="HTTP status 50"):
            through(Proxy("http", "127.0.0.1", port, "anna", "word"), "127.0.0.1", free_port("127.0.0.1"))


def test_through_microsocks(greeter: int) -> None:
    found, port = shutil.which("microsocks"), free_port("127.0.0.1")
    assert found is not None, "installers/linux/packages test"
    with program(found, "-i", "127.0.0.1", "-p", str(port), "-u", "anna", "-P", "word", port=port):
        for kind in ("socks5", "socks5h"):
            talk(through(Proxy(kind, "127.0.0.1", port, "anna", "word"), "127.0.0.1", greeter))
        talk(through(Proxy("socks5h", "127.0.0.1", port, "anna", "word"), "localhost", greeter))
        with pytest.raises(ProxyError, match="does not take the user"):
            through(Proxy("socks5h", "127.0.0.1", port, "anna", "other"), "127.0.0.1", greeter)
        with pytest.raises(ProxyError, match="refused the connection"):
            through(Proxy("socks5h", "127.0.0.1", port, "anna", "word"), "127.0.0.1", free_port("127.0.0.1"))
