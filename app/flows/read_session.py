"""What was done in a session, read from its audit: line by line, and summed up."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.session import Session
from app.flows.party import Party
from app.remote.errors import AuditError
from app.remote.verify import verify

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit. `subject` is what was acted on: a command, a path. Untrusted plain text."""

    at: datetime
    kind: str
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CommandDone:
    """A command, and what it ended with: None where the session ended first."""

    command: str
    exit_status: int | None


@dataclass(frozen=True, slots=True)
class FileMoved:
    """A file that went whole from one machine to the other."""

    name: str
    bytes: int
    sha256: str


def audit_of(party: Party, session: Session) -> tuple[AuditLine, ...]:
    """The lines of a session's audit that is on this machine, seals left out; none where it is not here.

    A torn last line is passed over: `bistand verify` is what judges a file.
    """
    content = party.store.blob(session.audit) if session.audit else None
    return tuple(_lines(content or b""))


def proven_head(party: Party, session: Session) -> str | None:
    """The head of a session's audit, where the audit itself proves that both ends signed all of it.

    What an event claims of signatures proves nothing: the chain is gone through anew, with the keys of this session.
    """
    content = party.store.blob(session.audit) if session.audit else None
    if content is None:
        return None
    try:
        verified = verify(content)
    except AuditError as error:
        log.warning("the audit of session %s does not hold: %s", session.id, error)
        return None
    opening = verified.opening
    ours = (opening.session, opening.customer_key, opening.technician_key)
    if ours != (session.id, session.customer_key, session.technician_key) or not verified.complete:
        return None
    return verified.head


def commands_of(party: Party, session: Session) -> tuple[CommandDone, ...]:
    """The commands that were run, in the order in which they began."""
    begun: list[CommandDone] = []
    for line in audit_of(party, session):
        if line.kind == "command":
            begun.append(CommandDone(line.subject, None))
        elif line.kind == "ended":
            open_ones = [n for n, one in enumerate(begun) if one.command == line.subject and one.exit_status is None]
            if open_ones:
                begun[open_ones[0]] = CommandDone(line.subject, line.details.get("exit_status"))
    return tuple(begun)


def files_of(party: Party, session: Session) -> tuple[FileMoved, ...]:
    """The files that were sent or fetched, whole, with what both ends know them by."""
    return tuple(
        FileMoved(line.subject, line.details["bytes"], line.details["sha256"])
        for line in audit_of(party, session)
        if line.kind in ("file_received", "file_sent")
    )


def _lines(audit: bytes) -> Iterator[AuditLine]:
    for line in audit.split(b"\n"):
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if "seal" not in facts:
            details = dict(facts["details"])
            yield AuditLine(datetime.fromisoformat(facts["at"]), facts["kind"], str(details.pop("what", "")), details)
