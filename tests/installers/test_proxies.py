"""The samples for proxies in front of the service, tried with the real programs where those are installed."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.service.parts import NotedRelay, Person, Shop

FOLDER = Path(__file__).parents[2] / "installers" / "proxies"


def _caddy(folder: Path, service: str, port: int) -> list[str]:
    text = (FOLDER / "Caddyfile").read_text()
    assert text.count("127.0.0.1:8470") == 1
    text = text.replace("help.example.com {", f"http://127.0.0.1:{port} {{").replace("127.0.0.1:8470", service)
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text)
    return ["caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]


def _nginx(folder: Path, service: str, port: int) -> list[str]:
    lines = (FOLDER / "nginx.conf").read_text().replace("127.0.0.1:8470", service).splitlines()
    kept = [line for line in lines if not line.strip().startswith(("listen", "ssl_", "server_name"))]
    server = "\n".join(kept).replace("server {", f"server {{\n    listen 127.0.0.1:{port};", 1)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    top = f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{top}http {{\naccess_log off;\n{paths}{server}\n}}\n")
    return ["nginx", "-p", str(folder), "-c", f"{folder}/nginx.conf"]


PROXIES = {"caddy": _caddy, "nginx": _nginx}


@contextmanager
def proxied(tmp_path: Path, name: str, shop: Shop) -> Iterator[str]:
    """The proxy in front of the shop, with the sample as its configuration. Yields its URL."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    port = free_port()
    command = PROXIES[name](tmp_path, shop.url.removeprefix("http://"), port)
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(tmp_path), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    try:
        url, pause = f"http://127.0.0.1:{port}", threading.Event()
        assert any(_answers(url) or pause.wait(0.1) for _ in range(100))
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A service as behind a proxy."""
    shop = Shop(tmp_path / "shop", NotedRelay(), enrolments_per_minute=3).start(behind_proxy=True)
    yield shop
    shop.close()


@pytest.mark.parametrize("name", PROXIES)
def test_the_service_works_through_the_proxy(tmp_path: Path, name: str, shop: Shop) -> None:
    with proxied(tmp_path, name, shop) as url:
        direct = shop.customer("Kim")
        kim = Person(url, direct.token, direct.me, direct.device)
        content = bytes(3_000_000)
        assert kim.http.get(f"/v1/blobs/{kim.upload(content)}").content == content
        cursor = kim.pull()["cursor"]
        found: list[float] = []

        def wait() -> None:
            assert len(kim.pull(cursor, wait=20)["events"]) == 1
            found.append(time.monotonic())

        waiting = threading.Thread(target=wait)
        waiting.start()
        live, pause = shop.app.state.service.live, threading.Event()
        assert any(live.waiting == 1 or pause.wait(0.02) for _ in range(500))
        written = time.monotonic()
        direct.open_case()
        waiting.join(20)
        assert found[0] - written < 10  # else it would have waited for all of its twenty
        for path in ("/metrics", "/readyz"):
            assert kim.http.get(path).status_code == 404
        assert kim.http.get("/v1/nothing").json()["type"] == "missing"
        kim.http.close()


@pytest.mark.parametrize("name", PROXIES)
def test_nobody_escapes_a_limit_by_naming_another_address(tmp_path: Path, name: str, shop: Shop) -> None:
    with proxied(tmp_path, name, shop) as url:
        codes = [
            httpx.post(
                f"{url}/v1/enrol",
                json={"code": "wrong", "device": "11111111-1111-4111-8111-111111111111"},
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
                trust_env=False,
            ).status_code
            for number in range(5)
        ]
        assert codes == [403, 403, 403, 429, 429]


def test_the_service_believes_a_proxy_only_where_it_was_told_of_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path, NotedRelay(), enrolments_per_minute=2).start()
    try:
        codes = [
            shop.anonymous()
            .post(
                "/v1/enrol",
                json={"code": "wrong", "device": "11111111-1111-4111-8111-111111111111"},
                headers={"X-Forwarded-For": f"192.0.2.{number}"},
            )
            .status_code
            for number in range(4)
        ]
        assert codes == [403, 403, 429, 429]
    finally:
        shop.close()
