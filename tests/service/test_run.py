"""Running: where it listens, how it stops, and that a stop in the middle of anything loses nothing."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.domain.events import Audience, Certainty, NoteAdded
from app.service import admin
from app.service.app import create_app
from app.service.errors import CannotListenError, DatabaseError, ExposedError, NotSetUpError, PortInUseError
from app.service.notifier import LOG
from app.service.run import RunningService, serve
from app.service.settings import ServiceSettings
from tests.service.parts import JSON, Person, Shop, batch

PROGRAM = """
import sys
from pathlib import Path
from app.service.app import create_app
from app.service.run import serve
from app.service.settings import ServiceSettings

app = create_app(ServiceSettings(data=Path(sys.argv[1]), db=sys.argv[3] if sys.argv[3:] else None), None)
serve(app, "127.0.0.1", int(sys.argv[2]), lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


class Process:
    """The service in a process of its own."""

    def __init__(self, settings: ServiceSettings, port: int = 0) -> None:
        database = [settings.db] if settings.db else []
        command = [sys.executable, "-c", PROGRAM, str(settings.data), str(port), *database]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.out = self.process.stdout
        self.url = self.out.readline().strip()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self._wait()

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end. Returns the exit status."""
        self.process.send_signal(number)
        return self._wait()

    def _wait(self) -> int:
        status = self.process.wait(30)
        self.rest = self.out.read()
        self.out.close()
        return status


@pytest.fixture
def app_settings(tmp_path: Path, db: str | None) -> ServiceSettings:
    """A service that is set up."""
    settings = ServiceSettings(data=tmp_path / "service", db=db)
    admin.init(settings, "The Shop")
    return settings


def never(url: str) -> None:
    """It must not become ready."""
    pytest.fail(f"it listens on {url}")


def attempt(settings: ServiceSettings, host: str, port: int) -> None:
    """Try to serve there."""
    serve(create_app(settings, None), host, port, never)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_port_in_use_is_told(app_settings: ServiceSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"port {port} already.*--port 0"):
            attempt(app_settings, "127.0.0.1", port)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_plain_http_is_not_shown_to_other_machines(app_settings: ServiceSettings, host: str) -> None:
    with pytest.raises(ExposedError, match="without TLS"):
        attempt(app_settings, host, 0)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("host", "port"), [("no such host.invalid", 0), ("127.0.0.1", 99999)])
def test_an_address_that_is_none_is_told(app_settings: ServiceSettings, host: str, port: int) -> None:
    with pytest.raises(CannotListenError, match="Cannot listen on"):
        attempt(app_settings, host, port)


def test_a_service_that_is_not_set_up_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotSetUpError, match="bistand admin init"):
        create_app(ServiceSettings(data=tmp_path), None)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/x.db", "oracle://localhost/x"])
def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(DatabaseError, match=r"cannot be opened.*--db"):
        admin.init(ServiceSettings(data=tmp_path, db=url), "x")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "service.db").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        admin.init(ServiceSettings(data=tmp_path), "x")


def test_it_is_healthy_and_says_little_of_itself(shop: Shop) -> None:
    answer = shop.anonymous().get("/healthz")
    assert answer.json() == {"status": "ok"}
    assert "server" not in answer.headers


def test_stopping_answers_those_who_wait_at_once(shop: Shop) -> None:
    kim = shop.customer("Kim")
    cursor = kim.pull()["cursor"]
    answers: list[int] = []

    def wait() -> None:
        answers.append(kim.http.get("/v1/events", params={"after": cursor, "wait": 25}).status_code)

    waiting = [threading.Thread(target=wait) for _ in range(20)]
    for thread in waiting:
        thread.start()
    notifier, pause = shop.app.state.service.notifier, threading.Event()
    assert any(len(notifier.ticket(LOG)._event._waiters) == 20 or pause.wait(0.02) for _ in range(500))
    began = time.monotonic()
    shop.stop()
    for thread in waiting:
        thread.join(10)
    assert time.monotonic() - began < 10
    assert answers == [200] * 20


def test_a_running_service_leaves_no_thread_of_its_own(app_settings: ServiceSettings) -> None:
    running = RunningService(create_app(app_settings, None))
    running.start()
    running.close()
    running.close()
    assert "service" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_in_good_order(app_settings: ServiceSettings, number: signal.Signals) -> None:
    process = Process(app_settings)
    assert httpx.get(process.url + "/healthz", trust_env=False).status_code == 200
    assert process.end(number) == 0
    assert process.rest == "stopped\n"


def test_a_service_killed_amid_pushes_keeps_what_it_accepted_and_doubles_nothing(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    shop.close()
    process = Process(shop.settings)
    kim = Person(process.url, kim.token, kim.me, kim.device)
    text = NoteAdded(text="x" * 500, certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
    events = [kim.event(case_id, text, device_seq=number) for number in range(2, 402)]
    batches = [events[start : start + 40] for start in range(0, 400, 40)]
    accepted: list[int] = []

    def send_all() -> None:
        for each in batches:
            accepted.extend(result["version"] for result in kim.push(*each))

    _killed_while(process, send_all, lambda: len(accepted) >= 80)
    assert 80 <= len(accepted) < 400
    kim.http.close()
    process = Process(shop.settings)
    kim = Person(process.url, kim.token, kim.me, kim.device)
    again = [result["version"] for each in batches for result in kim.push(*each)]
    assert again[: len(accepted)] == accepted
    assert again == list(range(2, 402))
    assert len(kim.pull()["events"]) == 401
    kim.http.close()
    process.kill()


def _killed_while(process: Process, work: Callable[[], None], until: Callable[[], bool]) -> None:
    """Kill it in the middle of work that is under way in another thread."""

    def try_it() -> None:
        with pytest.raises(httpx.TransportError):
            work()

    working = threading.Thread(target=try_it)
    working.start()
    pause = threading.Event()
    deadline = time.monotonic() + 20
    while not until():
        assert time.monotonic() < deadline
        pause.wait(0.001)
    process.kill()
    working.join(10)


def test_a_fault_is_a_problem_and_stands_in_the_log(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    kim = shop.customer("Kim")

    async def fail() -> None:
        raise RuntimeError("a secret detail")

    shop.app.add_api_route("/v1/fail", fail)
    answer = kim.http.get("/v1/fail")
    assert (answer.status_code, answer.json()["type"]) == (500, "fault")
    assert "secret" not in answer.text
    assert "GET other failed" in caplog.text  # of a route that was added later the log has no name


def test_a_malformed_request_is_told_where(shop: Shop) -> None:
    kim = shop.customer("Kim")
    for body in (b"{", b"[]", b'{"events": [{"id": "x"}]}', b'{"events": [7]}', b'{"events": "x"}'):
        answer = kim.http.post("/v1/events", content=body, headers=JSON)
        assert (answer.status_code, answer.json()["type"]) == (422, "malformed")
    assert kim.http.post("/v1/events", content=b"\xff", headers=JSON).status_code == 400
    assert kim.http.post("/v1/events", json={**batch(), "more": 1}).status_code == 422
    long_name = kim.http.post("/v1/events", json={**batch(), "more" * 5000: 1})
    assert len(long_name.text) < 1000
    assert kim.http.post("/v1/events", content=b'{"events": [], "\\ud800": 1}', headers=JSON).status_code == 422
    assert kim.http.post("/v1/events", content=b"[" * 200_000, headers=JSON).status_code in (400, 422)
