"""Whether names on the internet can be looked up, and which of the servers that do it answer."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.diagnostics.check import Outcome
from app.domain.finding import Evidence, Level
from app.system.translations import _

_ANSWER_SECONDS = 1.5
_LOOKUP_SECONDS = 3.0
_MOST_SERVERS = 6


@dataclass(frozen=True, slots=True)
class NameServer:
    """One server that looks names up. `milliseconds` is None where it did not answer."""

    address: str
    milliseconds: float | None


class DnsCheck:
    """Asks every configured server by itself, and looks the provider's name up the way programs do."""

    name = "dns"
    limit_seconds = 4.0

    def __init__(
        self,
        provider_url: str | None,
        servers: Callable[[], Sequence[str]] | None = None,
        port: int = 53,
    ) -> None:
        self._host = urlsplit(provider_url).hostname if provider_url else None
        self._servers = servers or _configured
        self._port = port

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Finding addresses on the internet")

    def run(self) -> Outcome:
        """A problem where the provider's name is not found or no server answers, a notice where one does not."""
        answered: dict[str, float] = {}
        found: set[str] = set()
        addresses = tuple(self._servers())[:_MOST_SERVERS]
        questions = [threading.Thread(target=self._ask, args=(address, answered), daemon=True) for address in addresses]
        if self._host is not None:
            # The system's own lookup has no time limit: its thread is left behind where it hangs.
            questions.append(threading.Thread(target=_look_up, args=(self._host, found), daemon=True))
        _run_all(questions)
        servers = [NameServer(address, answered.get(address)) for address in addresses]
        return judge(servers, self._host, self._host in found)

    def _ask(self, address: str, answered: dict[str, float]) -> None:
        """Ask for the root of all names, which every such server knows, and note the milliseconds it took."""
        import dns.exception
        import dns.message
        import dns.query

        question = dns.message.make_query(".", "NS")
        began = time.monotonic()
        try:
            dns.query.udp(question, address, timeout=_ANSWER_SECONDS, port=self._port)
        except (dns.exception.DNSException, OSError, ValueError):  # the last for an address that is none
            return
        answered[address] = round(1000 * (time.monotonic() - began), 1)


def _run_all(questions: Sequence[threading.Thread]) -> None:
    until = time.monotonic() + _LOOKUP_SECONDS
    for question in questions:
        question.start()
    for question in questions:
        question.join(max(0.0, until - time.monotonic()))


def judge(servers: Sequence[NameServer], host: str | None, host_found: bool) -> Outcome:
    """The outcome for the servers asked and the provider's name, where there is one."""
    silent = [server for server in servers if server.milliseconds is None]
    if host is not None and not host_found:
        level, sentence = Level.PROBLEM, _("The address of your provider could not be found on the internet.")
    elif not servers:
        level, sentence = Level.PROBLEM, _("This computer was not told whom to ask for addresses on the internet.")
    elif len(silent) == len(servers):
        level, sentence = Level.PROBLEM, _("Addresses on the internet cannot be found: nobody who knows them answers.")
    elif silent:
        level = Level.NOTICE
        sentence = _("Finding addresses on the internet may be slow: {silent} of {all} who know them did not answer.")
    else:
        level, sentence = Level.OK, _("Addresses on the internet can be found.")
    evidence = [_fact(number, server) for number, server in enumerate(servers, 1)]
    if host is not None:
        evidence.append(Evidence(name="provider's name found", value=host_found))
    sentence = sentence.format(silent=len(silent), all=len(servers))
    return Outcome(level=level, sentence=sentence, evidence=tuple(evidence))


def _fact(number: int, server: NameServer) -> Evidence:
    if server.milliseconds is None:
        return Evidence(name=f"name server {number} did not answer", value=server.address)
    return Evidence(name=f"name server {number} answered in", value=server.milliseconds, unit="ms")


def _configured() -> Sequence[str]:
    import dns.exception
    import dns.resolver

    try:
        told = dns.resolver.Resolver(configure=True).nameservers
    except dns.exception.DNSException:
        return ()
    return [server for server in told if isinstance(server, str)]


def _look_up(host: str, found: set[str]) -> None:
    try:
        if socket.getaddrinfo(host, None):
            found.add(host)
    except (OSError, UnicodeError):  # the latter for a name that no server could know
        return
