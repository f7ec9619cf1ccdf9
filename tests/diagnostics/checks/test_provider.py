"""Reachability of the provider, against real HTTP servers on the loopback."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.diagnostics.checks import provider
from app.diagnostics.checks.provider import ProviderCheck
from app.domain.finding import Level


class Service(HTTPServer):
    """Answers every path with `status`, and with `date` where one is set."""

    status = 200
    date = ""


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.send_response_only(self.server.status if self.path == "/healthz" else 404)
        self.send_header("Date", self.server.date or self.date_time_string())
        self.end_headers()


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


def _url(service: Service) -> str:
    return f"http://127.0.0.1:{service.server_port}/"


def test_a_provider_that_is_well_can_be_reached(service: Service) -> None:
    outcome = ProviderCheck(_url(service)).run()
    assert (outcome.level, outcome.sentence) == (Level.OK, "Your provider can be reached.")
    facts = {fact.name: (fact.value, fact.unit) for fact in outcome.evidence}
    assert facts["status"] == (200, "")
    assert facts["answered in"][1] == "ms"
    assert facts["clock behind the provider's"][0] in (-1, 0, 1)


@pytest.mark.parametrize("status", [302, 404, 503])
def test_whatever_else_answers_is_not_well(service: Service, status: int) -> None:
    service.status = status
    outcome = ProviderCheck(_url(service)).run()
    assert outcome.level is Level.PROBLEM
    assert outcome.sentence == "Something answers for your provider, but it is not well."


def test_a_clock_that_is_wrong_is_noticed(service: Service) -> None:
    service.date = "Wed, 21 Oct 2015 07:28:00 GMT"
    outcome = ProviderCheck(_url(service)).run()
    assert outcome.level is Level.NOTICE
    assert outcome.sentence == "Your provider can be reached, but this computer's clock is wrong."


def test_a_date_that_is_none_says_nothing_of_the_clock(service: Service) -> None:
    service.date = "yesterday"
    assert ProviderCheck(_url(service)).run().level is Level.OK


def test_nobody_there_is_a_problem() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = ProviderCheck(f"http://127.0.0.1:{unused.getsockname()[1]}").run()
    assert (outcome.level, outcome.sentence) == (
        Level.PROBLEM,
        "Your provider could not be reached from this computer.",
    )


def test_no_answer_in_time_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "_TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = ProviderCheck(f"http://127.0.0.1:{silent.getsockname()[1]}").run()
    assert outcome.sentence == "Your provider did not answer in time."


def test_a_service_that_cannot_prove_itself_is_a_problem(service: Service) -> None:
    outcome = ProviderCheck(_url(service).replace("http:", "https:")).run()
    assert outcome.level is Level.PROBLEM
    assert outcome.sentence.startswith("Whoever answers cannot prove")
