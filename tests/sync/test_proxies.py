"""HTTP to a service through the proxies that the environment names: CONNECT and SOCKS5, with TLS inside."""

import datetime
import http.server
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.sync.client import ServiceClient
from app.sync.errors import NoServiceError
from tests.proxies import SmallProxy, small_proxy

NAME = "service.test"  # only the proxy knows where that is


def certificate(folder: Path) -> Path:
    """A certificate for the name, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "service.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A service with TLS that says who runs it, and lets whoever polls wait; its port."""
    path = certificate(tmp_path)
    released = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/v1/events"):
                released.wait(20)
            self.send_response(200)
            self.send_header("Content-Length", "15")
            self.end_headers()
            self.wfile.write(b'{"name":"Shop"}')

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    yield server.server_port
    released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_the_service_is_reached_through_the_proxy_of_the_environment(
    service: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_proxy(SmallProxy(user="anna", password="word")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://anna:word@127.0.0.1:{proxy.port}")
        client = ServiceClient(f"https://{NAME}:{service}", token=lambda: "token")
        assert client.provider().name == "Shop"
        client.close()
        assert proxy.asked == [f"{NAME}:{service}"]
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://anna:other@127.0.0.1:{proxy.port}")
        client = ServiceClient(f"https://{NAME}:{service}", token=lambda: "token")
        with pytest.raises(NoServiceError) as refused:
            client.provider()
        client.close()
        assert "other" not in f"{refused.value}"


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_closing_ends_a_long_poll_through_a_proxy_too(
    service: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
        client = ServiceClient(f"https://{NAME}:{service}", token=lambda: "token")
        faults: list[Exception] = []

        def poll() -> None:
            try:
                client.pull(None, wait=20)
            except NoServiceError as error:
                faults.append(error)

        thread = threading.Thread(target=poll)
        thread.start()
        deadline = time.monotonic() + 10
        while not proxy.asked:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        thread.join(0.3)
        client.close()
        thread.join(5)
        assert not thread.is_alive()
        assert len(faults) == 1
