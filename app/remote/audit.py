"""The audit as it grows at both ends of a session: the customer's end writes, the technician's end follows.

The customer's end notes every request, grant, refusal, command, file and port with `AuditWriter.append`, before it
happens, and sends each line on. The technician's end takes them with `AuditCopy.receive`, which refuses anything that
does not continue the chain, so both hold the same bytes. Sealing takes three steps: the writer's `half_seal`, the
copy's `countersign`, the writer's `seal`, whose line goes to the copy like any other.
"""

import os
import threading
from datetime import UTC
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from paramiko import Ed25519Key

from app.domain.events import AuditHead
from app.remote.audit_lines import Chain, Opening, seal_line, statement
from app.remote.errors import AuditBrokenError, AuditWriteError
from app.remote.keys import public_text, same_key, sign
from app.system.clock import Clock
from app.system.paths import PRIVATE_FILE

_PURPOSE = "audit head"
Detail = str | int | float | bool | None


class _LineFile:
    """A file that is only added to, each line on the disk before the call returns."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        try:
            self._file: int | None = os.open(path, flags, PRIVATE_FILE)
        except OSError as error:
            raise AuditWriteError(f"Cannot begin the audit {path}: {error.strerror}.") from error
        self._path = path

    def add(self, line: bytes) -> None:
        if self._file is None:
            raise AuditWriteError("The audit is closed, or could not be written before.")
        rest = line + b"\n"
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            self.close()  # after a torn line nothing more may follow
            raise AuditWriteError(
                f"Cannot write the audit {self._path}: {error.strerror}. The session ends, because nothing may "
                "happen that is not noted."
            ) from error

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class _Audit:
    """What both ends share: one file, one chain, one lock. Safe from any thread; calls wait for the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._chain = Chain()
        self._file = _LineFile(path)

    @property
    def head(self) -> AuditHead:
        """Where the chain stands now, unsigned."""
        with self._lock:
            return AuditHead(lines=self._chain.lines, head=self._chain.head)

    @property
    def sealed(self) -> AuditHead | None:
        """The newest seal, with its signatures, or None."""
        with self._lock:
            return self._chain.seal

    def close(self) -> None:
        """Close the file. Nothing can be added afterwards; closing twice does nothing."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AuditWriter(_Audit):
    """The customer's end. `key` is the customer's private key of this session, the one that `opening` names.

    The file is new, 0600; an old one is never overwritten. Raises `AuditWriteError`.
    """

    def __init__(self, path: Path, opening: Opening, key: Ed25519Key, clock: Clock) -> None:
        if not same_key(public_text(key), opening.customer_key):
            raise ValueError("the audit is signed with another key than it names")
        super().__init__(path)
        self._key = key
        self._clock = clock
        self._session = opening.session
        self.first_line = self.append("session", **opening.model_dump(mode="json"))

    def append(self, kind: str, **details: Detail) -> bytes:
        """Note that something happens; returns the line (no newline) for the other end, once it is on the disk.

        `kind` is a lower-case word, `details` plain facts. Raises `AuditWriteError`, after which the session must end.
        """
        with self._lock:
            moment = self._clock.now().astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
            return self._add(self._chain.next_line(f"{moment}Z", kind, details))

    def half_seal(self) -> AuditHead:
        """The head as it stands now, signed by the customer: ask the technician's end to countersign it."""
        with self._lock:
            head = self.head
        return head.model_copy(update={"customer_signature": sign(self._key, _PURPOSE, statement(self._session, head))})

    def seal(self, half: AuditHead, untrusted_technician_signature: str = "") -> bytes:
        """Write the seal and return its line for the other end.

        Lines may have been added since `half_seal`; the seal speaks of those that it names. An empty signature says
        that the technician's end is gone. Raises `AuditBrokenError` where the signature does not fit or these lines are
        sealed already (see `sealed`); then nothing is written.
        """
        head = half.model_copy(update={"technician_signature": untrusted_technician_signature})
        with self._lock:
            return self._add(seal_line(head))

    def _add(self, line: bytes) -> bytes:
        self._chain.extend(line)
        self._file.add(line)
        return line


class AuditCopy(_Audit):
    """The technician's end: the same file, grown line by line from what the customer's end sends.

    `opening` is what this end knows for itself; a first line that says otherwise is refused. `key` is the technician's
    private key of this session.
    """

    def __init__(self, path: Path, opening: Opening, key: Ed25519Key) -> None:
        if not same_key(public_text(key), opening.technician_key):
            raise ValueError("the audit is countersigned with another key than it names")
        super().__init__(path)
        self._opening = opening
        self._key = key

    def receive(self, untrusted_line: bytes) -> None:
        """Take the next line (no newline). Raises `AuditBrokenError` where it does not continue the chain, and
        `AuditWriteError`; either way the session must end."""
        with self._lock:
            if self._chain.lines == 0:
                self._check_opening(untrusted_line)
            self._chain.extend(untrusted_line)
            self._file.add(untrusted_line)

    def countersign(self, half: AuditHead) -> str:
        """Our signature over a head that we hold ourselves. Raises `AuditBrokenError` where we do not."""
        with self._lock:
            if not self._chain.holds(half.lines, half.head):
                raise AuditBrokenError(self._chain.file_lines, "the head to be signed is not that of this audit.")
            return sign(self._key, _PURPOSE, statement(self.session, half))

    @property
    def session(self) -> UUID:
        """The session that this audit is of."""
        return self._opening.session

    def _check_opening(self, untrusted_line: bytes) -> None:
        trial = Chain()
        trial.extend(untrusted_line)
        if trial.opening != self._opening:
            raise AuditBrokenError(1, "it names another session, other parties or other keys than were agreed.")
