"""Name lookup against real servers on the loopback: one that answers, one that is silent."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import pytest

from app.diagnostics.checks.dns import DnsCheck, NameServer, judge
from app.domain.finding import Level


@pytest.fixture
def port() -> Iterator[int]:
    """A name server on 127.0.0.1, and on the same port of 127.0.0.2 one that never answers."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answering,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
    ):
        answering.bind(("127.0.0.1", 0))
        number: int = answering.getsockname()[1]
        silent.bind(("127.0.0.2", number))
        server = threading.Thread(target=_serve, args=(answering,))
        server.start()
        yield number
        answering.sendto(b"", ("127.0.0.1", number))
        server.join(10)


def _serve(server: socket.socket) -> None:
    while True:
        question, sender = server.recvfrom(2048)
        if not question:
            return
        answer = dns.message.make_response(dns.message.from_wire(question))
        server.sendto(answer.to_wire(), sender)


def test_a_server_that_answers_is_well(port: int) -> None:
    outcome = DnsCheck(None, servers=lambda: ["127.0.0.1"], port=port).run()
    assert outcome.level is Level.OK
    (fact,) = outcome.evidence
    assert (fact.name, fact.unit) == ("name server 1 answered in", "ms")


def test_a_server_that_does_not_answer_is_named(port: int) -> None:
    outcome = DnsCheck("http://localhost:1", servers=lambda: ["127.0.0.1", "127.0.0.2"], port=port).run()
    assert outcome.level is Level.NOTICE
    assert "1 of 2 who know them did not answer" in outcome.sentence
    facts = {fact.name: fact.value for fact in outcome.evidence}
    assert facts["name server 2 did not answer"] == "127.0.0.2"
    assert facts["provider's name found"] is True


def test_no_answer_at_all_is_a_problem(port: int) -> None:
    outcome = DnsCheck(None, servers=lambda: ["127.0.0.2"], port=port).run()
    assert outcome.level is Level.PROBLEM


def test_a_provider_that_cannot_be_found_is_a_problem() -> None:
    servers = [NameServer("10.0.0.1", 3.0)]
    assert judge(servers, "help.example", host_found=False).level is Level.PROBLEM
    assert judge(servers, "help.example", host_found=True).level is Level.OK


def test_no_servers_at_all_is_a_problem() -> None:
    assert judge([], None, host_found=False).level is Level.PROBLEM


def test_a_name_that_no_server_could_know_is_not_found(port: int) -> None:
    outcome = DnsCheck(f"http://{'x' * 70}..invalid", servers=lambda: ["127.0.0.1"], port=port).run()
    assert outcome.sentence == "The address of your provider could not be found on the internet."
