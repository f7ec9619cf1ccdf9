"""One hosted session: waits at the relay, serves the one paired technician, and ends everything it started.

Lives in the hosting process. The gate is asked by the server, the work is done on threads of its own, and
`stop` is the one way out, whoever asks for it and for whatever reason; the first reason counts.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import paramiko

from app.domain.consent import Grants
from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.customer import control
from app.remote.customer.files import JailedFiles
from app.remote.customer.jail import Jail
from app.remote.customer.journal import Journal
from app.remote.customer.processes import bury, kill_all_below
from app.remote.customer.server import Server
from app.remote.customer.sftp import BoundedSftp
from app.remote.customer.terminal import Run, Window
from app.remote.customer.voice import Voice
from app.remote.errors import GrantError, RemoteError
from app.remote.gate import Gate, Verb
from app.remote.keys import new_key, public_text
from app.remote.link import CustomerLink, Link, customer_link
from app.remote.seals import SEAL_EVERY_SECONDS
from app.remote.transport import CUSTOMER_WINDOW, LOGIN_SECONDS, HardenedTransport, Pulse, inner_transport
from app.system.clock import SystemClock

_log = logging.getLogger(__name__)

KILL_SECONDS = 0.4
SEAL_SECONDS = 0.5
_MOST_AT_THE_DOOR = 8  # whoever comes through the relay is a stranger until logged in
_TICK = 0.2
_NOT_RUN = 127


class Serving:
    """The session, from its keys to its end. Raises `GrantError`, `RecordingError`, `AuditError`, `OSError` when made.

    All methods may be called from any thread; only `wait` waits.
    """

    def __init__(self, begin: control.Begin, voice: Voice) -> None:
        self._host_key = new_key()
        self._link_key = new_key()
        self._voice = voice
        self._never = tuple(Path(folder) for folder in (*begin.never, begin.folder))
        self._clock = SystemClock()
        self._gate = Gate(begin.grants, self._clock)
        self._jails = [Jail(begin.grants.folders(self._clock.now()), self._never)]
        self._journal = Journal(begin, self._host_key, voice, self._clock, on_fault=self._failed, on_leave=self._left)
        self._lock = threading.Lock()
        self._reason: EndReason | None = None
        self._over = threading.Event()
        self._paired = threading.Event()
        self._at_the_door = threading.BoundedSemaphore(_MOST_AT_THE_DOOR)
        self._technician_key = ""
        self._relay = ""
        self._link: Link | None = None
        self._inner: HardenedTransport | None = None
        self._server: Server | None = None
        self._runs: set[Run] = set()
        self._changed = threading.Event()
        self._started_at = 0.0
        threading.Thread(target=self._watch, name="expiry", daemon=True).start()

    @property
    def host_key(self) -> str:
        """The public key that the technician's client must find here."""
        return public_text(self._host_key)

    @property
    def link_key(self) -> str:
        """The public key that the relay must let in."""
        return public_text(self._link_key)

    def listen(self, door: Door) -> None:
        """Go to the relay and wait there for the technician, on a thread of its own."""
        self._relay = door.host
        threading.Thread(target=self._listen, args=(door,), name="listening", daemon=True).start()

    def pair(self, technician: str, key: str) -> None:
        """Let exactly this technician in. Once only: later calls change nothing."""
        if self._paired.is_set():
            return
        self._technician_key = key
        with suppress(RemoteError):  # the session ends then by itself
            self._journal.open(technician, key, self._relay, self._gate.grants)
            self._paired.set()

    def set_grants(self, grants: Grants) -> None:
        """From now on these count. What is not granted any more is closed at once."""
        try:
            self._reopen(grants)
        except GrantError as error:
            self._voice.say(control.Refused(why=str(error)))
            return
        self._gate.replace(grants)
        self._changed.set()
        self._journal.grants(grants)
        self._close_denied()

    def stop_soon(self, reason: EndReason, why: str = "") -> None:
        """As `stop`, on a thread of its own."""
        threading.Thread(target=self.stop, args=(reason, why), name="stopping", daemon=True).start()

    def stop(self, reason: EndReason, why: str = "") -> None:
        """End it all: no more requests, every process killed, the audit sealed by both, every channel closed."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
        self._gate.replace(Grants())
        self._changed.set()
        for run in list(self._runs):
            run.end()
        if self._server is not None:
            self._server.close_channels(lambda verb: verb is not Verb.AUDIT)
        left = kill_all_below(os.getpid(), KILL_SECONDS)
        seconds = time.monotonic() - self._started_at if self._started_at else 0.0
        over = self._journal.end(reason, why, seconds, left, SEAL_SECONDS if self._server else 0.0)
        for transport in (self._inner, self._link):
            if isinstance(transport, HardenedTransport):
                transport.shut()
            elif transport is not None:
                transport.close()
        self._voice.say(over)
        self._over.set()

    def wait(self) -> None:
        """Until it has ended, by whomever."""
        self._over.wait()

    def run(self, channel: paramiko.Channel, command: str | None, window: Window | None, sent: dict[str, str]) -> Run:
        """Start a shell or command (the server asks)."""
        run = Run(channel, command, window, record=self._record, on_fault=self._failed, on_end=self._run_ended)
        with self._lock:
            self._runs.add(run)
        threading.Thread(target=self._start_run, args=(run, sent), name="start run", daemon=True).start()
        return run

    def files(self, channel: paramiko.Channel, server: paramiko.ServerInterface) -> None:
        """Serve files on a channel (the server asks)."""
        jail = lambda: self._jails[-1]  # noqa: E731 - always the newest
        BoundedSftp(channel, "sftp", server, JailedFiles, self._gate, jail, self._journal.note).start()

    def audit(self, channel: paramiko.Channel) -> None:
        """Send the audit along a channel (the server asks)."""
        self._journal.follow(channel)

    def _listen(self, door: Door) -> None:
        try:
            link = customer_link(door, self._link_key, opened=self._keep_link)
        except RemoteError as error:
            self.stop(EndReason.CONNECTION_LOST, str(error))
            return
        self._voice.say(control.Listening())
        while link.is_up and self._reason is None:
            way = link.accept(_TICK)
            if way is not None and not self._at_the_door.acquire(blocking=False):
                way.close()
            elif way is not None:
                threading.Thread(target=self._welcome, args=(way, link), name="welcome", daemon=True).start()
        self.stop(EndReason.CONNECTION_LOST, "the relay went away")

    def _keep_link(self, link: Link) -> None:
        self._link = link
        if self._reason is not None:
            link.close()

    def _welcome(self, way: paramiko.Channel, link: CustomerLink) -> None:
        """Let the technician log in, if it is them, and if nobody is in yet."""
        try:
            self._let_in(way, link)
        finally:
            way.close()
            self._at_the_door.release()

    def _let_in(self, way: paramiko.Channel, link: CustomerLink) -> None:
        if not self._paired.wait(LOGIN_SECONDS / 2):
            return
        transport = inner_transport(way, "technician", CUSTOMER_WINDOW)
        transport.add_server_key(self._host_key)
        server = Server(self._technician_key, self._gate, self, self._journal.note)
        with suppress(paramiko.SSHException, OSError, EOFError):
            transport.start_server(event=threading.Event(), server=server)
            if self._logs_in(transport) and self._enter(transport, server):
                self._attend(transport, link)
        transport.shut()

    def _logs_in(self, transport: HardenedTransport) -> bool:
        deadline = time.monotonic() + LOGIN_SECONDS
        while time.monotonic() < deadline and transport.is_active():
            if transport.logged_in.wait(_TICK / 4):
                return True
        with suppress(RemoteError):
            self._journal.note("refused", "logging in", why="not the paired technician")
        return False

    def _enter(self, transport: HardenedTransport, server: Server) -> bool:
        with self._lock:
            if self._inner is not None or self._reason is not None:
                return False
            self._inner, self._server = transport, server
            self._started_at = time.monotonic()
        self._voice.say(control.Entered())
        return True

    def _attend(self, transport: HardenedTransport, link: CustomerLink) -> None:
        """While the technician is in."""
        pulse = Pulse(transport)
        pulse.start()
        sealed_at = time.monotonic()
        while transport.is_active() and link.is_up and self._reason is None:
            transport.join(_TICK)
            if time.monotonic() - sealed_at > SEAL_EVERY_SECONDS:
                self._journal.seal(SEAL_SECONDS)
                sealed_at = time.monotonic()
        pulse.close()
        self.stop(EndReason.CONNECTION_LOST, "the technician's connection broke")
        self._over.wait()

    def _watch(self) -> None:
        """End the session when the last grant runs out; close what has run out before."""
        while self._reason is None:
            left = self._gate.seconds_left()
            if left <= 0:
                self.stop(EndReason.EXPIRED)
                return
            self._changed.wait(min(left, 1.0))
            self._changed.clear()
            self._close_denied()

    def _close_denied(self) -> None:
        if self._server is None or self._reason is not None:
            return
        for run in self._server.close_channels(
            lambda verb: verb is not Verb.AUDIT and not self._gate.decide(verb).allowed
        ):
            if run.pid:
                kill_all_below(run.pid, KILL_SECONDS)

    def _reopen(self, grants: Grants) -> None:
        """Open folders that are new. Those of before stay open: the gate decides whether they may be used."""
        folders = grants.folders(self._clock.now())
        if not {grant.folder for grant in folders} <= {
            grant.folder for grant in self._gate.grants.folders(self._clock.now())
        }:
            self._jails.append(Jail(folders, self._never))

    def _start_run(self, run: Run, sent: dict[str, str]) -> None:
        try:
            if self._reason is None:
                if run.command is not None and not run.on_terminal:
                    self._journal.recording.command(run.command)
                run.start(sent)
                if self._reason is not None:
                    kill_all_below(os.getpid(), KILL_SECONDS)  # it slipped in while the others were killed
        except RemoteError as error:
            self._failed(error)
        except OSError as error:
            _log.warning("A shell could not be started: %s", error)
            with suppress(OSError, EOFError, paramiko.SSHException):
                run.channel.send_exit_status(_NOT_RUN)
            run.end()
            self._forget(run)

    def _run_ended(self, run: Run, status: int) -> None:
        self._forget(run)
        if self._reason is None:
            with suppress(RemoteError):  # the session ends then by itself
                for stream in run.streams:
                    self._journal.recording.end_channel(stream)
                self._journal.note("ended", run.command or "", exit_status=status)

    def _forget(self, run: Run) -> None:
        with self._lock:
            self._runs.discard(run)
            keep = frozenset(other.pid for other in self._runs)
        bury(keep)

    def _record(self, data: bytes, stream: int) -> None:
        self._journal.recording.output(data, stream)
        self._voice.show(data)

    def _failed(self, error: RemoteError) -> None:
        self.stop_soon(EndReason.RECORDING_FAILED, str(error))

    def _left(self, reason: EndReason) -> None:
        self.stop_soon(reason)
