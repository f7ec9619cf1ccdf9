"""What is done for technicians in one session: shells and commands, files, ports, a colleague who looks on.

The servers ask for it once the gate has said yes. Everything that is started here is found and ended again.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import itertools
import logging
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import paramiko

from app.domain.consent import FilesGrant, PortGrant
from app.remote.customer import control
from app.remote.customer.colleague import Typing, Watching
from app.remote.customer.files import JailedFiles
from app.remote.customer.jail import Jail
from app.remote.customer.journal import Journal
from app.remote.customer.ports import Passage
from app.remote.customer.processes import bury, kill_all_below
from app.remote.customer.prompt import Prompt
from app.remote.customer.sftp import BoundedSftp
from app.remote.customer.terminal import Run, Window
from app.remote.customer.voice import Voice
from app.remote.errors import GrantError, RemoteError
from app.remote.gate import Gate, Verb

_log = logging.getLogger(__name__)

_KILL_SECONDS = 0.4
_NOT_RUN = 127
_MOST_CHANNELS = 64  # of all connections together: each takes threads, and those that end the session need some, too
_MOST_SECRETS = 4


class Works:
    """Does what was allowed, each piece on threads of its own. No method waits; any thread.

    `folders` are open from the beginning, `never` are not served even where they lie inside. Raises `GrantError`.
    `on_fault` is told when something could not be recorded: then the session must end.
    """

    def __init__(
        self,
        gate: Gate,
        folders: tuple[FilesGrant, ...],
        never: tuple[Path, ...],
        journal: Journal,
        voice: Voice,
        *,
        on_fault: Callable[[RemoteError], None],
    ) -> None:
        self._gate = gate
        self._never = never
        self._jail = Jail(folders, never)
        self._journal = journal
        self._voice = voice
        self._on_fault = on_fault
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._runs: set[Run] = set()
        self._terminals: dict[int, Run] = {}
        self._watching: list[Watching] = []
        self._channels: list[paramiko.Channel] = []
        self._secrets: queue.Queue[tuple[int, str]] = queue.Queue(_MOST_SECRETS)
        threading.Thread(target=self._type_secrets, name="secrets", daemon=True).start()
        self._ended = False

    def refuse(self) -> None:
        """Start nothing new from now on, and carry nothing to or from what runs."""
        self._ended = True
        for run in list(self._runs):
            run.carry_no_more()

    def end(self) -> None:
        """Hang up on every shell and command."""
        for run in list(self._runs):
            run.end()

    def has_room(self) -> bool:
        """Whether one more channel may be opened."""
        with self._lock:
            self._channels = [channel for channel in self._channels if not channel.closed]
            return len(self._channels) < _MOST_CHANNELS

    def opened(self, channel: paramiko.Channel) -> None:
        """Count this channel until it is closed."""
        with self._lock:
            self._channels.append(channel)

    def open_folders(self, folders: tuple[FilesGrant, ...]) -> dict[FilesGrant, GrantError]:
        """Open folders that are new. Returns those that cannot be served, each with why; all others are open."""
        if self._jail.holds(folders):
            return {}
        newer, failed = self._jail.renewed(folders, self._never)
        self._jail = newer  # the old one's folders stay open: somebody may just walk in them
        return failed

    def run(self, channel: paramiko.Channel, command: str | None, window: Window | None, sent: dict[str, str]) -> Run:
        """Start a shell or command."""
        run = Run(
            next(self._numbers),
            channel,
            command,
            window,
            record=self._record,
            on_fault=self._on_fault,
            on_end=self._run_ended,
            hold=self._gate.hold,
            on_prompt=self._prompted,
        )
        with self._lock:
            self._runs.add(run)
        threading.Thread(target=self._start_run, args=(run, sent), name="start run", daemon=True).start()
        return run

    def files(self, channel: paramiko.Channel, server: paramiko.ServerInterface) -> None:
        """Serve files on a channel."""
        newest = lambda: self._jail  # noqa: E731 - asked for at each request
        BoundedSftp(channel, "sftp", server, JailedFiles, self._gate, newest, self._journal.note).start()

    def port(self, channel: paramiko.Channel, grant: PortGrant) -> Passage:
        """Carry a channel to a granted port."""
        passage = Passage(channel, grant, self._journal.note, self._gate.hold)
        passage.start()
        return passage

    def audit(self, channel: paramiko.Channel) -> bool:
        """Send the audit along a channel; False where somebody follows it already."""
        return self._journal.follow(channel)

    def watch(self, channel: paramiko.Channel, name: str) -> Watching:
        """Show a colleague what the terminal shows from now on, and let them type where that is granted."""
        typing = Typing(name, self._newest_terminal, lambda: self._may(Verb.TYPE, name), self._journal.note)
        watching = Watching(channel, lambda: self._may(Verb.WATCH, name), typing.take)
        with self._lock:
            self._watching = [*(one for one in self._watching if not one.is_over), watching]
        watching.start()
        return watching

    def type_secret(self, run: int, text: str) -> None:
        """Type this for the customer where the echo is off. The audit says that it happened, not what it was."""
        try:
            self._secrets.put_nowait((run, text))
        except queue.Full:
            with suppress(RemoteError):
                self._journal.note("secret_not_typed", "")

    def _type_secrets(self) -> None:
        """On a thread of its own, since it waits for what it stops, and a Stop must not wait for it."""
        while True:
            self._type_secret(*self._secrets.get())

    def _type_secret(self, run: int, text: str) -> None:
        terminal = self._terminals.get(run)
        line = "".join(letter for letter in text if letter.isprintable()).encode() + b"\n"
        got = terminal.type_secret(line) if terminal is not None else None
        with suppress(RemoteError):
            if got is None:
                self._journal.note("secret_not_typed", "")
            else:
                self._journal.note("secret_typed", got.program, protected=got.protected)

    def _may(self, verb: Verb, name: str) -> bool:
        """Whether a colleague may, at this moment. Waits while the customer pauses."""
        self._gate.hold()
        return self._gate.decide(verb, name).allowed

    def _newest_terminal(self) -> Run | None:
        """Where a colleague types."""
        return next(reversed(list(self._terminals.values())), None)

    def _start_run(self, run: Run, sent: dict[str, str]) -> None:
        try:
            if not self._ended:
                if run.command is not None and not run.on_terminal:
                    self._journal.recording.command(run.command)
                if run.on_terminal:
                    self._terminals[run.number] = run
                run.start(sent)
                if self._ended:
                    kill_all_below(os.getpid(), _KILL_SECONDS)  # it slipped in while the others were killed
        except RemoteError as error:
            self._on_fault(error)
        except OSError as error:
            _log.warning("A shell could not be started: %s", error)
            with suppress(OSError, EOFError, paramiko.SSHException):
                run.channel.send_exit_status(_NOT_RUN)
            run.end()
            self._forget(run)

    def _run_ended(self, run: Run, status: int) -> None:
        self._forget(run)
        if not self._ended:
            with suppress(RemoteError):  # the session ends then by itself
                for stream in run.streams:
                    self._journal.recording.end_channel(stream)
                self._journal.note("ended", run.command or "", exit_status=status)

    def _forget(self, run: Run) -> None:
        with self._lock:
            self._runs.discard(run)
            self._terminals.pop(run.number, None)
            keep = frozenset(other.pid for other in self._runs)
        bury(keep)

    def _record(self, data: bytes, stream: int) -> None:
        self._journal.recording.output(data, stream)
        self._voice.show(data)
        for watching in self._watching:
            watching.show(data)

    def _prompted(self, run: Run, prompt: Prompt | None) -> None:
        shown = prompt or Prompt("", False)
        self._voice.say(control.Prompting(run=run.number, program=shown.program, protected=shown.protected))
