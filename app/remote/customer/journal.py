"""Everything that a session leaves behind at the customer's: audit, recording, the lines that the app shows.

Nothing happens that was not noted first, and no output goes out that was not recorded first. When either cannot
be written, the session ends.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import paramiko
from paramiko import Ed25519Key

from app.domain.consent import (
    ColleagueGrant,
    ColleagueWish,
    FilesGrant,
    FilesWish,
    Grant,
    Grants,
    PortGrant,
    PortWish,
    Wish,
)
from app.domain.events import AuditHead, EndReason
from app.remote.audit import AuditWriter, Detail
from app.remote.audit_lines import Opening
from app.remote.customer import control
from app.remote.customer.follower import Follower
from app.remote.customer.voice import Voice
from app.remote.errors import AuditError, AuditWriteError, RecordingError, RemoteError, TooManyRefusedError
from app.remote.gate import to_port
from app.remote.keys import public_text
from app.remote.recording import RecordingWriter
from app.remote.seals import News, State, Wanting, as_line
from app.system.clock import Clock

_log = logging.getLogger(__name__)

_LONGEST_TEXT = 4000
_MOST_REFUSED = 2_000  # lines of an audit that somebody fills who was granted nothing that would take up the disk
NOTHING = AuditHead(lines=0, head="0" * 64)
_COMMANDS = frozenset({"command", "shell"})
_FILES = frozenset({"file_received", "file_sent"})


class Journal:
    """Writes down one session. Methods may be called from any thread; they wait for the disk, never for the network.

    It begins with `open`, when it is known who comes in; until then there is nothing to note. `on_fault` is told
    when something cannot be written, `on_leave` with the reason when the technician says goodbye.
    """

    def __init__(
        self,
        begin: control.Begin,
        key: Ed25519Key,
        voice: Voice,
        clock: Clock,
        *,
        on_fault: Callable[[RemoteError], None],
        on_leave: Callable[[EndReason], None],
        on_wish: Callable[[Wanting], None],
    ) -> None:
        self._begin = begin
        self._key = key
        self._voice = voice
        self._clock = clock
        self._on_fault = on_fault
        self._on_leave = on_leave
        self._on_wish = on_wish
        self._lock = threading.RLock()
        self._audit: AuditWriter | None = None
        self._recorder: RecordingWriter | None = None
        self._follower: Follower | None = None
        self._closed = False
        self._commands = 0
        self._files = 0
        self._refused = 0

    @property
    def _audit_path(self) -> Path:
        return Path(self._begin.folder) / f"{self._begin.session}.audit.jsonl"

    @property
    def _recording_path(self) -> Path:
        return Path(self._begin.folder) / f"{self._begin.session}.cast"

    def open(self, technician: str, technician_key: str, relay: str, grants: Grants) -> None:
        """Begin the audit and the recording. Raises `RemoteError`, having told `on_fault`."""
        opening = Opening(
            session=self._begin.session,
            case=self._begin.case,
            customer_key=public_text(self._key),
            technician_key=technician_key,
            technician=technician,
            relay=relay,
        )
        try:
            self._audit = AuditWriter(self._audit_path, opening, self._key, self._clock)
            self._recorder = RecordingWriter(self._recording_path, columns=80, rows=24, began=self._clock.now())
        except RemoteError as error:
            self._on_fault(error)
            raise
        self.grants(grants)

    def note(self, kind: str, subject: str, **facts: Detail) -> None:
        """Write one line before it happens. Raises `AuditError`: then it must not happen.

        Where that is because the line cannot be written, or too many were refused, `on_fault` was told.
        """
        details = {name: _clipped(fact) for name, fact in facts.items()}
        if subject:
            details["what"] = _clipped(subject)
        with self._lock:
            if self._closed:
                raise AuditError("The session is over.")
            if self._audit is None:
                return
            self._refused += kind == "refused"
            if self._refused > _MOST_REFUSED:
                error = TooManyRefusedError()
                self._on_fault(error)
                raise error
            self._add(self._audit, kind, details)
            self._commands += kind in _COMMANDS
            self._files += kind in _FILES
        self._voice.say(control.Noted(at=self._clock.now(), what=kind, detail=str(details.get("what", ""))))

    def grants(self, grants: Grants) -> None:
        """Note what is granted from now on: one line for each, and one that says how many there are."""
        with suppress(AuditError):
            self.note("grants", "", count=len(grants.grants))
            for grant in grants.grants:
                facts = grant.model_dump(mode="json")
                self.note("grant", _subject(grant), **facts)

    def asked(self, wanting: Wanting) -> None:
        """Note what the technician would like. Raises `AuditError`."""
        capability = wanting.wish.capability.value
        self.note("asked", _subject(wanting.wish), capability=capability, minutes=wanting.minutes, why=wanting.why)

    @property
    def recording(self) -> RecordingWriter:
        """Where output goes before it is sent. Raises `RecordingError` before anybody came in."""
        if self._recorder is None:
            raise RecordingError("There is no recording to write to.")
        return self._recorder

    def follow(self, channel: paramiko.Channel) -> bool:
        """Send the audit along this channel, from its first line on. Only once: whoever follows it signs it."""
        with self._lock:
            if self._audit is None or self._follower is not None:
                return False
            self._follower = Follower(channel, on_leave=self._on_leave, on_wish=self._on_wish)
            self._follower.send(self._audit_path.read_bytes())
            return True

    def tell(self, state: State) -> None:
        """Tell the technician's end what holds from now on."""
        with self._lock:
            if self._follower is not None:
                self._follower.send(as_line(News(news=state)))

    def seal(self, seconds: float) -> None:
        """Have both ends sign what stands there; without the technician's after `seconds`. Waits for the network."""
        with self._lock:
            audit, follower = self._audit, self._follower
        if audit is None or (audit.sealed is not None and audit.sealed.lines == audit.head.lines):
            return
        try:
            half = audit.half_seal()
            signature = follower.countersigned(half, seconds) if follower is not None else ""
            with self._lock:
                self._send(_sealed(audit, half, signature))
        except AuditWriteError as error:
            self._on_fault(error)
        except AuditError as error:
            _log.warning("The audit could not be sealed: %s", error)

    def end(self, reason: EndReason, why: str, seconds: float, left: int, patience: float) -> control.Over:
        """The last line, the last seal, and what it all came to. `patience` is how long to wait for the far end."""
        with suppress(AuditError):
            self.note("end", why, reason=reason.value, left=left)
        self.seal(patience)
        with self._lock:
            audit, recorder, follower = self._audit, self._recorder, self._follower
            if follower is not None:
                follower.finish(0.2)
            if recorder is not None:
                with suppress(RecordingError):
                    recorder.close()
            head = (audit.sealed or audit.head) if audit is not None else NOTHING
            if audit is not None:
                audit.close()
            self._audit, self._closed = None, True  # what still comes is too late to be noted, so it must not happen
        return control.Over(
            reason=reason,
            why=why,
            seconds=seconds,
            commands=self._commands,
            files=self._files,
            head=head,
            audit=str(self._audit_path),
            recording=str(self._recording_path),
            left=left,
        )

    def _add(self, audit: AuditWriter, kind: str, details: dict[str, Detail]) -> None:
        try:
            self._send(audit.append(kind, **details))
        except AuditError as error:
            self._on_fault(error)
            raise

    def _send(self, line: bytes) -> None:
        if self._follower is not None:
            self._follower.send(line + b"\n")


def _subject(grant: Grant | Wish) -> str:
    """What a grant or a wish is about, in a word."""
    match grant:
        case FilesGrant() | FilesWish():
            return grant.folder
        case PortGrant() | PortWish():
            return to_port(grant.host, grant.port)
        case ColleagueGrant() | ColleagueWish():
            return grant.name
        case _:
            return "terminal"


def _sealed(audit: AuditWriter, half: AuditHead, untrusted_signature: str) -> bytes:
    """The seal with the technician's signature; without it where it does not fit."""
    try:
        return audit.seal(half, untrusted_signature)
    except AuditWriteError:
        raise
    except AuditError:
        return audit.seal(half)


def _clipped(fact: Detail) -> Detail:
    """Text of a bounded length that can be written as UTF-8, whatever it came as."""
    if not isinstance(fact, str):
        return fact
    plain = fact.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return plain if len(plain) <= _LONGEST_TEXT else plain[: _LONGEST_TEXT - 1] + "…"
