"""Any order of granting, taking back, pausing and time passing: nothing passes that was not granted at that moment.

The requests go to the embedded server's own answers, as paramiko would ask them; what is let in is counted by who would
do the work. The model beside it is a plain list of what the customer has said so far.
"""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import paramiko
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from paramiko.common import OPEN_SUCCEEDED

from app.domain.consent import ColleagueGrant, FilesGrant, Grant, Grants, PortGrant, TerminalGrant
from app.remote.customer.server import Guest, Server, Work
from app.remote.gate import Gate, Request, Verb
from app.remote.seals import AUDIT_CHANNEL, WATCH_CHANNEL

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_FOLDERS = ("/a", "/b")
_PORTS = ("router:80", "nas:22")
_NAMES = ("Bo", "Cy")
_lives = st.integers(1, 30)
_new_grants = st.one_of(
    st.builds(lambda life: ("terminal", "", False, life), _lives),
    st.builds(
        lambda folder, write, life: ("files", folder, write, life), st.sampled_from(_FOLDERS), st.booleans(), _lives
    ),
    st.builds(lambda port, life: ("port", port, False, life), st.sampled_from(_PORTS), _lives),
    st.builds(
        lambda name, types, life: ("colleague", name, types, life), st.sampled_from(_NAMES), st.booleans(), _lives
    ),
)


class _Clock:
    def __init__(self) -> None:
        self.moment = _BEGAN

    def now(self) -> datetime:
        return self.moment


class _Channel:
    def __init__(self, number: int) -> None:
        self.number = number
        self.closed = False

    def get_id(self) -> int:
        return self.number

    def close(self) -> None:
        self.closed = True


class _Works:
    """Counts what would be done."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def has_room(self) -> bool:
        return True

    def opened(self, channel: Any) -> None:
        """There is room for as many as a connection may have."""

    def run(self, channel: Any, command: str | None, *_: object) -> None:
        self.done.append("shell" if command is None else "command")

    def files(self, *_: object) -> None:
        self.done.append("files")

    def port(self, _: object, grant: PortGrant) -> None:
        self.done.append(f"port {grant.host}:{grant.port}")

    def audit(self, _: object) -> bool:
        self.done.append("audit")
        return True

    def watch(self, _: object, name: str) -> None:
        self.done.append(f"watch {name}")


class GateMachine(RuleBasedStateMachine):
    """The customer says what holds; the technician tries everything."""

    @initialize()
    def begin(self) -> None:
        self.clock = _Clock()
        self.gate = Gate(Grants(), self.clock)
        self.works = _Works()
        self.said: list[tuple[str, str, bool, datetime]] = []
        self.paused = False
        self.number = 0
        self.noted: list[str] = []
        work = cast("Work", self.works)
        self.technician = Server(Guest("Anna", "key"), self.gate, work, self._note)
        self.colleagues = {
            name: Server(Guest(name, name, is_colleague=True), self.gate, work, self._note) for name in _NAMES
        }

    def _note(self, kind: str, subject: str, **_: object) -> None:
        self.noted.append(f"{kind} {subject}")

    def _held(self, kind: str, scope: str = "", *, flag: bool = False) -> bool:
        """By the book: whether the customer has said so, and it still holds."""
        return not self.paused and any(
            (one, of) == (kind, scope) and (flagged or not flag) and until > self.clock.moment
            for one, of, flagged, until in self.said
        )

    def _replace(self) -> None:
        self.gate.replace(Grants(grants=tuple(map(_as_grant, self.said))))

    @rule(new=_new_grants)
    def grant(self, new: tuple[str, str, bool, int]) -> None:
        kind, scope, flag, life = new
        self.said.append((kind, scope, flag, self.clock.moment + timedelta(seconds=life)))
        self._replace()

    @rule(which=st.integers(0, 20))
    def take_back(self, which: int) -> None:
        if self.said:
            del self.said[which % len(self.said)]
            self._replace()

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.paused = paused
        self.gate.pause(paused)

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.clock.moment += timedelta(seconds=seconds)

    def _channel(self, server: Server) -> paramiko.Channel:
        self.number += 1
        assert server.check_channel_request("session", self.number) == OPEN_SUCCEEDED
        channel = cast("paramiko.Channel", _Channel(self.number))
        server.opened(channel)
        return channel

    def _try(self, ask: Any, expected: bool, work: str) -> None:
        """What is asked happens exactly when it is granted; where it is not, that is noted."""
        before, notes = len(self.works.done), len(self.noted)
        channel = self._channel(self.technician)
        assert bool(ask(channel)) is expected
        assert self.works.done[before:] == ([work] if expected else [])
        if not expected and work != "audit":
            assert self.noted[notes:]
            assert self.noted[-1].startswith("refused")
        channel.close()

    @rule()
    def shell(self) -> None:
        self._try(self.technician.check_channel_shell_request, self._held("terminal"), "shell")

    @rule()
    def command(self) -> None:
        expected = self._held("terminal")
        self._try(lambda channel: self.technician.check_channel_exec_request(channel, b"true"), expected, "command")

    @rule()
    def files(self) -> None:
        expected = any(self._held("files", folder) for folder in _FOLDERS)
        self._try(lambda channel: self.technician.check_channel_subsystem_request(channel, "sftp"), expected, "files")

    @rule()
    def audit(self) -> None:
        live = any(until > self.clock.moment for *_, until in self.said)  # a pause does not hide what happens
        self._try(
            lambda channel: self.technician.check_channel_subsystem_request(channel, AUDIT_CHANNEL), live, "audit"
        )

    @rule(port=st.sampled_from((*_PORTS, "router:81", "10.0.0.2:80", "169.254.169.254:80")))
    def port(self, port: str) -> None:
        host, _, number = port.rpartition(":")
        self.number += 1
        before = len(self.works.done)
        answer = self.technician.check_channel_direct_tcpip_request(self.number, ("", 0), (host, int(number)))
        assert (answer == OPEN_SUCCEEDED) is self._held("port", port)
        if answer == OPEN_SUCCEEDED:
            channel = cast("paramiko.Channel", _Channel(self.number))
            self.technician.opened(channel)
            channel.close()
        assert self.works.done[before:] == ([f"port {port}"] if answer == OPEN_SUCCEEDED else [])

    @rule(name=st.sampled_from(_NAMES))
    def a_colleague_comes(self, name: str) -> None:
        server = self.colleagues[name]
        before = len(self.works.done)
        channel = self._channel(server)
        assert server.check_channel_subsystem_request(channel, WATCH_CHANNEL) is self._held("colleague", name)
        channel.close()
        assert self.works.done[before:] == ([f"watch {name}"] if self._held("colleague", name) else [])
        for ask in (server.check_channel_shell_request, lambda at: server.check_channel_subsystem_request(at, "sftp")):
            channel = self._channel(server)
            assert not ask(channel)
            channel.close()
        assert server.check_channel_direct_tcpip_request(0, ("", 0), ("router", 80)) != OPEN_SUCCEEDED

    @invariant()
    def every_other_verb_is_as_the_book_says(self) -> None:
        if not hasattr(self, "gate"):
            return
        for folder in _FOLDERS:
            assert self.gate.decide(Verb.READ, folder).allowed is self._held("files", folder)
            assert self.gate.decide(Verb.WRITE, folder).allowed is self._held("files", folder, flag=True)
        for name in _NAMES:
            assert self.gate.decide(Verb.TYPE, name).allowed is self._held("colleague", name, flag=True)
        assert self.gate.decide(Verb.ENVIRONMENT, "LANG").allowed is self._held("terminal")
        for verb in (Verb.CLIPBOARD, Verb.SCREEN, Verb.OTHER):
            assert not self.gate.decide(verb).allowed
        paused, self.paused = self.paused, False
        assert self.gate.stands(Request(Verb.SHELL)) is self._held("terminal")  # a pause takes nothing away
        self.paused = paused


def _as_grant(said: tuple[str, str, bool, datetime]) -> Grant:
    kind, scope, flag, until = said
    match kind:
        case "terminal":
            return TerminalGrant(until=until)
        case "files":
            return FilesGrant(folder=scope, write=flag, until=until)
        case "port":
            host, _, port = scope.rpartition(":")
            return PortGrant(host=host, port=int(port), address="10.0.0.1", until=until)
        case _:
            return ColleagueGrant(name=scope, may_type=flag, until=until)


TestGateMachine = GateMachine.TestCase
TestGateMachine.settings = settings(max_examples=40, stateful_step_count=40)
