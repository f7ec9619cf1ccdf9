"""The technician's end of a session: connects with pinned keys, then shells, commands and files."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko

from app.domain.events import EndReason
from app.domain.records import Record
from app.domain.relay import Door
from app.remote.audit import AuditCopy
from app.remote.audit_lines import Opening
from app.remote.errors import (
    ConnectionLostError,
    LinkError,
    RecordingError,
    RefusedByCustomerError,
    RemoteError,
    SessionEndedError,
    WayOverError,
    WrongHostKeyError,
)
from app.remote.keys import public_text
from app.remote.outcome import Ended
from app.remote.recording import RecordingWriter
from app.remote.seals import AUDIT_CHANNEL, Farewell, Leaving
from app.remote.technician.along import Along, Told
from app.remote.technician.audit import AuditFollower
from app.remote.technician.connection import Connection
from app.remote.technician.files import FileResult, Files
from app.remote.technician.forward import Forward
from app.remote.technician.pinned import Pinned
from app.remote.technician.shell import Command, CommandResult, Output, Shell
from app.remote.technician.tools import Tools
from app.remote.technician.wishes import Wishes
from app.remote.transport import (
    CHANNEL_SECONDS,
    HardenedTransport,
)
from app.remote.way.way import LOST_SECONDS, Way
from app.system.clock import Clock

_LEAVE_SECONDS = 2.0
_TRY_AGAIN_SECONDS = 0.5
_REFUSAL_SECONDS = 0.5  # in which a refusal may turn out to be the beginning of the end


class TechnicianSession:
    """A session that is on. Methods may be called from any thread and wait; `end` may come from another meanwhile.

    `connect_seconds` is how long it took from the first packet to the relay until a shell could be asked for. `door`
    asks the service for this side's way to the relay, now and each time that the connection breaks.
    """

    def __init__(self, pinned: Pinned, door: Callable[[str], Door], folder: Path, clock: Clock) -> None:
        self.session = pinned.session
        self.case = pinned.case
        self.connect_seconds = 0.0
        self._connection = Connection(pinned, door)
        self._told: Callable[[Ended], None] = lambda _: None
        self._pinned = pinned
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._ended: Ended | None = None
        self._over = threading.Event()
        self._copy: AuditCopy | None = None
        self._audit: AuditFollower | None = None
        self._recording: RecordingWriter | None = None
        self._files: Files | None = None
        self._wishes = Wishes(self._say)
        self._along = Along(pinned.key, pinned.customer_key, self._passage, self._further_way)
        self._reach_told: Callable[[bool], None] = lambda _: None
        self._began = time.monotonic()

    @property
    def ended(self) -> Ended | None:
        """How it ended, or None while it is on."""
        return self._ended

    @property
    def relay(self) -> str:
        """Where it meets the customer, as `host:port`."""
        return self._connection.relay

    @property
    def is_reached(self) -> bool:
        """Whether the customer's computer is there at this moment. While it is not, everything waits for it."""
        return self._connection.is_reached

    def on_end(self, told: Callable[[Ended], None]) -> None:
        """Have `told` called once, when the session is over, by whichever side; at once where it already is.

        It is called on the thread that ended it, which may be one of the session's own.
        """
        with self._lock:
            if not self._over.is_set():
                self._told = told
                return
        if self._ended is not None:
            told(self._ended)

    def on_reach(self, told: Callable[[bool], None]) -> None:
        """Have `told` called, on a thread of the session's own, when the customer's computer is lost or is back."""
        self._reach_told = told

    @property
    def wishes(self) -> Wishes:
        """What may be done now, and the way to ask for more."""
        return self._wishes

    @property
    def colleagues(self) -> tuple[str, ...]:
        """Who is in besides, by name (untrusted)."""
        return self._audit.colleagues if self._audit is not None else ()

    @property
    def recording(self) -> Path:
        """This end's own recording."""
        return self._folder / f"{self.session}.cast"

    def connect(self) -> None:
        """Go to the customer. Raises the `LinkError` tree, `RecordingError` and `AuditError`; all is closed then."""
        began = time.monotonic()
        try:
            self._recording = RecordingWriter(self.recording, columns=80, rows=24, began=self._clock.now())
            way = self._connection.reach(self._reach_changed)
            relay, _, _ = self.relay.rpartition(":")
            copy = AuditCopy(self._folder / f"{self.session}.audit.jsonl", self._opening(relay), self._pinned.key)
            self._copy = copy
            channel = self._connection.log_in(way).open_session(timeout=CHANNEL_SECONDS)
            channel.invoke_subsystem(AUDIT_CHANNEL)
            self._audit = AuditFollower(
                channel,
                copy,
                self._customer_ended,
                self._wishes.learn,
                self._wishes.tell_change,
                lambda: self.is_reached,
                self._along.port_failed,
            )
            self._audit.start(CHANNEL_SECONDS)
        except (paramiko.SSHException, OSError, EOFError) as error:
            self._undo()
            raise ConnectionLostError(f"The customer's computer hung up: {error}") from error
        except BaseException:
            self._undo()
            raise
        self._began = time.monotonic()
        self.connect_seconds = self._began - began

    def shell(self, columns: int, rows: int, on_output: Callable[[bytes], None], term: str = "xterm-256color") -> Shell:
        """An interactive shell. Raises `RefusedByCustomerError`, `SessionEndedError`."""
        with self._asking("a terminal"):
            channel = self._channel()
            channel.get_pty(term, columns, rows)
            channel.invoke_shell()
            return Shell(channel, self._output(on_output))

    def run(self, command: str, on_output: Callable[[bytes], None] | None = None) -> CommandResult:
        """Run one command to its end. `on_output` gets what it says and complains of, as it comes, recorded already.

        Raises `RefusedByCustomerError`, `SessionEndedError`, `RecordingError`.
        """
        with self._asking("running a command"):
            return Command(self._channel(), self._output(on_output or _unseen)).run(command)

    def put(self, local: Path, remote: str) -> FileResult:
        """Send a file. Raises `RefusedByCustomerError`, `TransferError`, `SessionEndedError`."""
        return self._transfer(lambda files: files.put(local, remote))

    def get(self, remote: str, local: Path) -> FileResult:
        """Fetch a file. Raises as `put` does."""
        return self._transfer(lambda files: files.get(remote, local))

    def forward(self, local_port: int, host: str, port: int, on_refused: Told = lambda _: None) -> Forward:
        """Let programs here reach a port that the customer granted, at 127.0.0.1:`local_port` (0: any that is free).

        Until it is closed, or the session ends. Raises `ListenError`, `ConnectionLostError`.
        """
        return self._along.forward(local_port, host, port, on_refused)

    def ssh_config(self, config: Path, names: tuple[str, ...] = (), on_failed: Told = lambda _: None) -> Tools:
        """Let OpenSSH's programs in, by this ssh_config, until it is closed or the session ends; then it is removed.

        `names` are what the customer's machine is called there, besides `customer`. Raises `ConfigNotWrittenError`,
        `ListenError`, `ConnectionLostError`.
        """
        return self._along.ssh_config(config, names, on_failed)

    def end(self) -> Ended:
        """Leave: the audit is signed by both, all is closed. Idempotent."""
        return self._end(EndReason.TECHNICIAN_LEFT)

    def _end(self, reason: Farewell, why: str = "") -> Ended:
        with self._lock:
            first = not self._ending.is_set()
            self._ending.set()
        if not first:
            self._over.wait()
        elif self._audit is not None:
            self._audit.leave(_LEAVE_SECONDS, Leaving(reason=reason))
            self._finish(self._audit.reason(reason), why)
        if self._ended is None:
            raise SessionEndedError(reason)
        return self._ended

    def _customer_ended(self, reason: EndReason) -> None:
        """The audit channel is over (its thread): the customer's end stopped, or the path broke."""
        self._wishes.close()
        with self._lock:
            first = not self._ending.is_set()
            self._ending.set()
        if first:
            threading.Thread(target=self._finish, args=(reason, ""), name="session end", daemon=True).start()

    def _finish(self, reason: EndReason, why: str) -> None:
        seconds = time.monotonic() - self._began
        self._close()
        audit = self._audit
        if audit is None:
            return
        self._ended = Ended(
            reason=reason,
            seconds=seconds,
            commands=audit.commands,
            files=audit.files,
            audit_head=audit.head,
            audit=audit.path,
            recording=self.recording,
            why=why,
        )
        with self._lock:
            self._over.set()
            told = self._told
        told(self._ended)

    def _failed(self, error: RemoteError) -> None:
        """Something could not be recorded: the session must not go on. Does not wait."""
        arguments = (EndReason.RECORDING_FAILED, str(error))
        threading.Thread(target=self._end, args=arguments, name="session end", daemon=True).start()

    def _close(self) -> None:
        if self._files is not None:
            self._files.close()
        self._connection.close()
        self._along.close()
        if self._audit is not None:
            self._audit.close()
        if self._copy is not None:
            self._copy.close()
        if self._recording is not None:
            with contextlib.suppress(RecordingError):
                self._recording.close()

    def _undo(self) -> None:
        """Nothing came of it: leave no empty files behind that would stand in the way of another try."""
        self._close()
        if self._copy is not None and not self._copy.head.lines:
            self._copy.path.unlink(missing_ok=True)
        if self._recording is not None and (self._copy is None or not self._copy.head.lines):
            self.recording.unlink(missing_ok=True)

    def _opening(self, relay: str) -> Opening:
        return Opening(
            session=self.session,
            case=self.case,
            customer_key=self._pinned.customer_key,
            technician_key=public_text(self._pinned.key),
            technician=self._pinned.technician,
            relay=relay,
        )

    def _channel(self) -> paramiko.Channel:
        return self._live().open_session(timeout=LOST_SECONDS + CHANNEL_SECONDS)

    def _live(self) -> HardenedTransport:
        inner = self._connection.inner
        if inner is None or self._ending.is_set():
            raise ConnectionLostError("The session is over.")
        return inner

    def _passage(self, host: str, port: int, origin: tuple[str, int]) -> paramiko.Channel:
        """A channel to a granted port."""
        with self._asking(f"reaching {host}, port {port}"):
            return self._live().open_channel(
                "direct-tcpip", (host, port), origin, timeout=LOST_SECONDS + CHANNEL_SECONDS
            )

    def _further_way(self) -> Way:
        """Another way to the customer. Waits while they are not reached."""
        way = self._connection.way
        while way is not None and way.wait_until_carried(LOST_SECONDS) and not self._ending.is_set():
            try:
                return self._connection.road.open()
            except LinkError as error:
                if isinstance(error, (WayOverError, WrongHostKeyError)) or self._ending.wait(_TRY_AGAIN_SECONDS):
                    raise
        raise ConnectionLostError("The session is over.")

    def _say(self, message: Record) -> None:
        if self._audit is None or self._ending.is_set():
            raise ConnectionLostError("The session is over.")
        self._audit.say(message)

    def _reach_changed(self, reached: bool) -> None:
        self._reach_told(reached)

    def _output(self, on_output: Callable[[bytes], None]) -> Output:
        if self._recording is None:
            raise RecordingError("There is no recording to write to.")
        return Output(self._recording.output, on_output, self._failed)

    def _transfer(self, transfer: Callable[[Files], FileResult]) -> FileResult:
        with self._asking("files"):
            with self._lock:
                if self._files is None:
                    channel = self._channel()
                    channel.invoke_subsystem("sftp")
                    assert self._audit is not None  # noqa: S101 - set before a session is handed out
                    self._files = Files(channel, self._audit.checksum)
            return transfer(self._files)

    @contextlib.contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Errors of the connection told as what they mean."""
        try:
            yield
        except (paramiko.SSHException, OSError, EOFError, ConnectionLostError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the machine's own: from whoever takes the output, not from the channel
            cut_off = isinstance(error, ConnectionLostError)  # it ran: either all is over, or just this was taken back
            if self._ending.wait(_LEAVE_SECONDS if cut_off else _REFUSAL_SECONDS) or not self._connection.is_up:
                self._over.wait(_LEAVE_SECONDS)
                raise SessionEndedError(self._ended.reason if self._ended else EndReason.CONNECTION_LOST) from error
            raise RefusedByCustomerError(what) from error


def _unseen(_: bytes) -> None:
    """Where output goes that nobody looks at while it comes; it is recorded all the same."""
