"""The technician's side of a session: pair with the code, work, and leave everything on record."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from uuid import UUID

from app.domain.consent import Grants, Wish, standing
from app.domain.errors import BistandError
from app.domain.events import SessionEnded
from app.domain.reference import reference
from app.flows.doors import door_of
from app.flows.errors import NoSessionError, SomebodyInError
from app.flows.party import Party
from app.flows.synchronise import send_soon, synchronise
from app.remote.errors import RefusedByCustomerError, RemoteError
from app.remote.outcome import Ended
from app.remote.pairing.code import Code
from app.remote.recording import searchable_text
from app.remote.technician.files import FileResult
from app.remote.technician.forward import Forward
from app.remote.technician.joining import join
from app.remote.technician.session import TechnicianSession
from app.remote.technician.shell import CommandResult, Shell
from app.remote.technician.tools import Tools
from app.remote.technician.wishes import Answer

__all__ = [
    "Answer",
    "CommandResult",
    "Ended",
    "FileResult",
    "Forward",
    "JoinedSession",
    "RefusedByCustomerError",
    "RemoteError",
    "Shell",
    "Tools",
    "check_code",
    "join_session",
]

log = logging.getLogger(__name__)


class JoinedSession:
    """A live session on a customer's machine. Methods block and may be called from any thread but Qt's.

    When it ends, by whichever side, recording and audit go into the store and the log before `on_end` is called.
    """

    def __init__(self, party: Party, case_id: UUID, remote: TechnicianSession, on_end: Callable[[Ended], None]) -> None:
        self._party = party
        self._case_id = case_id
        self._remote = remote
        self._on_end = on_end
        self._lock = Lock()
        self._ended: Ended | None = None
        consent = standing(party.store.case(case_id).consents)
        self._agreed = consent.grants if consent else Grants()
        remote.on_end(self._over)

    @property
    def id(self) -> UUID:
        """The session's id."""
        return self._remote.session

    @property
    def case_id(self) -> UUID:
        """The case that it belongs to."""
        return self._case_id

    @property
    def relay(self) -> str:
        """The relay in between, as `host:port`. It sees nothing of what passes."""
        return self._remote.relay

    @property
    def is_reached(self) -> bool:
        """Whether the customer's computer is there at this moment. While it is not, everything waits for it."""
        return self._remote.is_reached

    def on_reach(self, told: Callable[[bool], None]) -> None:
        """Have `told` called, on a thread of the session's own, when the customer's computer is lost or is back."""
        self._remote.on_reach(told)

    @property
    def grants(self) -> Grants:
        """What the customer allows, as their end last said; before it did, as the case has it."""
        return self._remote.wishes.grants or self._agreed

    @property
    def paused(self) -> bool:
        """Whether the customer has paused the session."""
        return self._remote.wishes.paused

    @property
    def colleagues(self) -> tuple[str, ...]:
        """Who looks on at this moment, by name (untrusted)."""
        return self._remote.colleagues

    def on_change(self, told: Callable[[], None]) -> None:
        """Have `told` called, on a thread of the session's own, when it stands otherwise.

        Other grants count, the customer pauses or lets it go on, a colleague comes or leaves.
        """
        self._remote.wishes.on_change(told)

    def ask(self, wish: Wish, minutes: int, why: str, patience: float) -> Answer:
        """Ask the customer for something, and wait so many seconds for their answer. Silence allows nothing."""
        return self._remote.wishes.ask(wish, minutes, why, patience)

    @property
    def connect_seconds(self) -> float:
        """How long it took from the link to a usable session."""
        return self._remote.connect_seconds

    @property
    def recording(self) -> Path:
        """The recording as it is written (asciicast v2)."""
        return self._remote.recording

    def shell(self, columns: int, rows: int, on_output: Callable[[bytes], None]) -> Shell:
        """An interactive shell. Output is recorded before `on_output` sees it, on the session's thread."""
        return self._remote.shell(columns, rows, on_output)

    def run(self, command: str, on_output: Callable[[bytes], None] | None = None) -> CommandResult:
        """Run one command to its end."""
        return self._remote.run(command, on_output)

    def put(self, local: Path, remote: str) -> FileResult:
        """Send a file; it takes its name only when it is whole and verified."""
        return self._remote.put(local, remote)

    def get(self, remote: str, local: Path) -> FileResult:
        """Fetch a file; it takes its name only when it is whole and verified."""
        return self._remote.get(remote, local)

    def forward(
        self, local_port: int, host: str, port: int, on_refused: Callable[[RemoteError], None] = lambda _: None
    ) -> Forward:
        """Reach a granted port of the customer's network at 127.0.0.1:`local_port` (0: any that is free; see `.port`).

        Until its `close`, or the session's end. `on_refused` is told, on another thread, of connections that came to
        nothing. Raises `ListenError`.
        """
        return self._remote.forward(local_port, host, port, on_refused)

    def ssh_config(self, path: Path, on_failed: Callable[[RemoteError], None] = lambda _: None) -> Tools:
        """Write an ssh_config with which OpenSSH's programs work, under the same grants and in the same audit.

        The customer's machine is called `customer` there, and as the case is. What such programs show is recorded at
        the customer's end only. The file is removed at the session's end. Raises `ConfigNotWrittenError`.
        """
        return self._remote.ssh_config(path, (reference(self._case_id),), on_failed)

    def end(self) -> Ended:
        """Leave. Returns how it ended, once everything is on record."""
        ended = self._remote.end()
        self._over(ended)
        with self._lock:
            return ended

    def _over(self, ended: Ended) -> None:
        """Both the far end and this one may end it; the first word counts, and is written once."""
        with self._lock:
            if self._ended is not None:
                return
            self._ended = ended
            try:
                self._keep(ended)
            except BistandError:
                log.exception("The end of session %s could not be written; its files are kept.", self.id)
        self._on_end(ended)

    def _keep(self, ended: Ended) -> None:
        recording = self._blob(ended.recording)
        body = SessionEnded(
            session=self.id,
            reason=ended.reason,
            seconds=ended.seconds,
            commands=ended.commands,
            files=ended.files,
            connect_seconds=self._remote.connect_seconds,
            audit_head=ended.audit_head,
            audit=self._blob(ended.audit),
            recording=recording,
        )
        event = self._party.write(self._case_id, body)
        if recording is not None:
            self._party.store.index_terminal(self._case_id, self.id, event.at, searchable_text(ended.recording))
        send_soon(self._party)

    def _blob(self, path: Path) -> str | None:
        """Keep a file's content to be sent. A disk too full for it must not keep the session's end from being told."""
        try:
            return self._party.store.put_blob(path.read_bytes())
        except (OSError, BistandError):
            log.exception("%s could not be put into the store; the file is kept.", path)
            return None


def check_code(untrusted_code: str) -> None:
    """Whether this can be a code at all. Raises `CodeFormatError`, before anything goes over the network."""
    Code.parse(untrusted_code)


def join_session(
    party: Party, case_id: UUID, code: str, on_end: Callable[[Ended], None] = lambda _: None
) -> JoinedSession:
    """Pair with the customer who waits on this case, by the code that they read out.

    Raises `NoSessionError` where nobody waits, `SomebodyInError` where a colleague is in already, and what pairing
    raises: a wrong code burns it.
    """
    check_code(code)
    synchronise(party)
    case = party.store.case(case_id)
    waiting, live = case.waiting_session, case.live_session
    if waiting is None:
        raise NoSessionError if live is None else SomebodyInError(live.technician)
    remote = join(
        session=waiting.id,
        case=case_id,
        technician=party.me.name,
        code=code,
        mailbox=party.service.mailbox(waiting.id),
        door=lambda key: door_of(lambda: party.service.join_session(waiting.id, key)),
        folder=party.home.recordings,
        clock=party.clock,
    )
    return JoinedSession(party, case_id, remote, on_end)
