"""The embedded SSH server's answers. Everything is refused that the gate does not allow, and noted either way.

All methods run on paramiko's thread: they decide, note, and hand the work to another thread.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_RESOURCE_SHORTAGE,
    OPEN_SUCCEEDED,
)

from app.domain.consent import PortGrant
from app.domain.events import EndReason
from app.remote.customer.colleague import Watching
from app.remote.customer.files import Note
from app.remote.customer.ports import Passage
from app.remote.customer.terminal import Run, Window
from app.remote.gate import NEVER, Gate, Request, Verb, to_port
from app.remote.keys import public_text, same_key
from app.remote.seals import AUDIT_CHANNEL, USER, WATCH_CHANNEL, watch_status
from app.remote.transport import SessionServer, close_soon

MOST_CHANNELS = 16
_LONGEST_COMMAND = 64 * 1024
_LONGEST_NAME = 255
_LONGEST_VALUE = 1024
_MOST_VALUES = 32
_SIGNALS = {
    "INT": signal.SIGINT,
    "TERM": signal.SIGTERM,
    "KILL": signal.SIGKILL,
    "HUP": signal.SIGHUP,
    "QUIT": signal.SIGQUIT,
}


class Work(Protocol):
    """Does what was allowed, on threads of its own. None of these waits."""

    def has_room(self) -> bool:
        """Whether one more channel may be opened."""

    def opened(self, channel: paramiko.Channel) -> None:
        """Count this channel until it is closed."""

    def run(self, channel: paramiko.Channel, command: str | None, window: Window | None, sent: dict[str, str]) -> Run:
        """Start a shell or command on a channel."""

    def files(self, channel: paramiko.Channel, server: paramiko.ServerInterface) -> None:
        """Serve files on a channel."""

    def port(self, channel: paramiko.Channel, grant: PortGrant) -> Passage:
        """Carry a channel to a granted port."""

    def watch(self, channel: paramiko.Channel, name: str) -> Watching:
        """Show a colleague what the terminal shows, and let them type where that is granted."""

    def audit(self, channel: paramiko.Channel) -> bool:
        """Send the audit along a channel; False where somebody follows it already."""


@dataclass(slots=True)
class Opened:
    """A channel, and what was asked for on it so far."""

    channel: paramiko.Channel
    window: Window | None = None
    sent: dict[str, str] = field(default_factory=dict)
    request: Request | None = None
    run: Run | None = None
    passage: Passage | None = None
    watching: Watching | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """Who a connection belongs to, as the pairing proved it. A colleague may do nothing but watch, and type."""

    name: str
    key: str
    is_colleague: bool = False


class Server(SessionServer):
    """One connection of one technician's, known by their exact key."""

    def __init__(self, guest: Guest, gate: Gate, work: Work, note: Note) -> None:
        self._guest = guest
        self._granted: dict[int, PortGrant] = {}
        self._gate = gate
        self._work = work
        self._note = note
        self._opened: dict[int, Opened] = {}

    def close_channels(self, denied: Callable[[Request], bool], why: EndReason | None = None) -> list[Run]:
        """Close the channels whose request is denied now. Returns the shells and commands that lived there. Any thread.

        Never waits: a channel that cannot be closed at once is closed with its connection. `why` is told to a colleague
        where the whole session ends.
        """
        ended = []
        for opened in list(self._opened.values()):
            if opened.request is None or not denied(opened.request):
                continue
            if opened.run is not None:
                opened.run.end()
                ended.append(opened.run)
            elif opened.passage is not None:
                opened.passage.end()
            elif opened.watching is not None:
                opened.watching.end(watch_status(why))
            else:
                close_soon(opened.channel)
        return ended

    def get_allowed_auths(self, username: str) -> str:
        """Keys and nothing else."""
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Only the paired key. Called before the signature is checked, so it has no effect of its own."""
        same = username == USER and key.get_name() == "ssh-ed25519" and same_key(public_text(key), self._guest.key)
        return AUTH_SUCCESSFUL if same else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Sessions only, and not too many."""
        del chanid
        if kind != "session":
            self._refuse(f"a channel of kind {kind[:60]}")
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return self._room_for_one()

    def _room_for_one(self) -> int:
        self._opened = {number: opened for number, opened in self._opened.items() if not opened.channel.closed}
        if len(self._opened) >= MOST_CHANNELS or not self._work.has_room():
            self._refuse("one channel too many")
            return OPEN_FAILED_RESOURCE_SHORTAGE
        return OPEN_SUCCEEDED

    def opened(self, channel: paramiko.Channel) -> None:
        """Keep hold of it: paramiko does so only weakly."""
        number = channel.get_id()
        self._opened[number] = opened = Opened(channel)
        self._work.opened(channel)
        grant = self._granted.pop(number, None)
        if grant is not None:
            opened.request = Request(Verb.PORT, to_port(grant.host, grant.port))
            opened.passage = self._work.port(channel, grant)

    def check_channel_pty_request(
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        """Remember the terminal that the shell to come shall have."""
        del pixelwidth, pixelheight, modes
        opened = self._fresh(channel)
        if opened is None or not self._allows(Verb.SHELL, "", "a terminal"):
            return False
        opened.window = Window(width, height, _plain(term[:60]))
        return True

    def check_channel_window_change_request(
        self, channel: paramiko.Channel, width: int, height: int, pixelwidth: int, pixelheight: int
    ) -> bool:
        """A new size."""
        del pixelwidth, pixelheight
        opened = self._opened.get(channel.get_id())
        if opened is None or opened.run is None:
            return False
        opened.run.resize(width, height)
        return True

    def check_channel_env_request(self, channel: paramiko.Channel, name: bytes, value: bytes) -> bool:
        """Language settings, no more."""
        opened = self._fresh(channel)
        plain = _plain(name[:60])
        if opened is None or not self._allows(Verb.ENVIRONMENT, plain, f"the variable {plain}"):
            return False
        if len(value) > _LONGEST_VALUE or len(opened.sent) >= _MOST_VALUES:
            self._refuse(f"the variable {plain}", "it is too long, or one too many")
            return False
        opened.sent[plain] = _plain(value)
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        """A login shell."""
        return self._start(channel, None)

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """One command."""
        if len(command) > _LONGEST_COMMAND:
            self._refuse("a command that is too long")
            return False
        return self._start(channel, command.decode("utf-8", "surrogateescape"))

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        """Files while any are granted, the audit, and for a colleague what the terminal shows."""
        opened = self._fresh(channel)
        if opened is None:
            return False
        if name == WATCH_CHANNEL and self._guest.is_colleague:
            return self._begin_watching(opened)
        if name == "sftp" and self._allows(Verb.FILES, "", "files"):
            opened.request = Request(Verb.FILES)
            self._note("files_opened", "")
            self._work.files(channel, self)
            return True
        if name == AUDIT_CHANNEL and not self._guest.is_colleague and self._gate.decide(Verb.AUDIT).allowed:
            opened.request = Request(Verb.AUDIT)
            return self._work.audit(channel)
        if name not in ("sftp", AUDIT_CHANNEL):
            self._refuse(f"the service {name[:60]}")
        return False

    def _begin_watching(self, opened: Opened) -> bool:
        name = self._guest.name
        if not self._gate.decide(Verb.WATCH, name).allowed:
            self._refuse("watching", f"{name} is not invited now")
            return False
        opened.request = Request(Verb.WATCH, name)
        opened.watching = self._work.watch(opened.channel, name)
        return True

    def signalled(self, channel: paramiko.Channel, name: str) -> None:
        """Pass it on to the process."""
        opened = self._opened.get(channel.get_id())
        if opened is None or opened.run is None or opened.request is None or name not in _SIGNALS:
            return
        if self._allows(opened.request.verb, "", f"the signal {name}"):
            opened.run.signal(_SIGNALS[name])

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        """A port that was granted, at the address that it had then."""
        del origin
        host, port = destination
        scope = to_port(host[:_LONGEST_NAME], port)
        decision = NEVER if self._guest.is_colleague else self._gate.decide(Verb.PORT, scope)
        if decision.port is None:
            self._refuse(f"a connection to {scope}", decision.why)
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        if (answer := self._room_for_one()) == OPEN_SUCCEEDED:
            self._note("port_opened", to_port(decision.port.host, decision.port.port), address=decision.port.address)
            self._granted = {chanid: decision.port}
        return answer

    def check_port_forward_request(self, address: str, port: int) -> int:
        """Nobody listens here for a technician."""
        self._refuse(f"listening on {address[:200]}, port {port}")
        return 0

    def cancel_port_forward_request(self, address: str, port: int) -> None:
        """There is none."""

    def check_channel_x11_request(
        self,
        channel: paramiko.Channel,
        single_connection: bool,
        auth_protocol: str,
        auth_cookie: bytes,
        screen_number: int,
    ) -> bool:
        """Never."""
        del channel, single_connection, auth_protocol, auth_cookie, screen_number
        self._refuse("X11")
        return False

    def check_channel_forward_agent_request(self, channel: paramiko.Channel) -> bool:
        """Never."""
        del channel
        self._refuse("an SSH agent")
        return False

    def _start(self, channel: paramiko.Channel, command: str | None) -> bool:
        opened = self._fresh(channel)
        verb = Verb.SHELL if command is None else Verb.COMMAND
        if opened is None or not self._allows(verb, "", "a shell" if command is None else command):
            return False
        opened.request = Request(verb)
        if command is None:
            self._note("shell", "", terminal=opened.window is not None)
        else:
            self._note("command", command, terminal=opened.window is not None)
        opened.run = self._work.run(channel, command, opened.window, opened.sent)
        return True

    def _fresh(self, channel: paramiko.Channel) -> Opened | None:
        """What is known of a channel on which nothing runs yet."""
        opened = self._opened.get(channel.get_id())
        return opened if opened is not None and opened.request is None else None

    def _allows(self, verb: Verb, scope: str, what: str) -> bool:
        decision = NEVER if self._guest.is_colleague else self._gate.decide(verb, scope)
        if not decision.allowed:
            self._refuse(what, decision.why)
        return decision.allowed

    def _refuse(self, what: str, why: str = "this is never allowed") -> None:
        who = f"{self._guest.name}: " if self._guest.is_colleague else ""
        self._note("refused", f"{who}{what}", why=why)


def _plain(text: bytes | str) -> str:
    """Text from the far end, printable ASCII alone: it ends up in a process's environment."""
    decoded = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return "".join(letter for letter in decoded if " " <= letter <= "~")
