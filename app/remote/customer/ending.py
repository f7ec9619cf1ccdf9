"""How a session ended at the customer's: by its process's last word, or by its files where there was none."""

import logging
from pathlib import Path
from uuid import UUID

from app.domain.events import AuditHead, EndReason
from app.remote.customer import control
from app.remote.errors import AuditError
from app.remote.outcome import Ended
from app.remote.verify import verify

_log = logging.getLogger(__name__)
_NOTHING = AuditHead(lines=0, head="0" * 64)


def in_order(over: control.Over) -> Ended:
    """As the session's own process says."""
    return Ended(
        reason=over.reason,
        seconds=over.seconds,
        commands=over.commands,
        files=over.files,
        audit_head=over.head,
        audit=Path(over.audit),
        recording=Path(over.recording),
        left=over.left,
        why=over.why,
    )


def cut_short(folder: Path, session: UUID, reason: EndReason, *, seconds: float, forced: bool) -> Ended:
    """The process had no last word: what its files say."""
    audit = folder / f"{session}.audit.jsonl"
    head = _NOTHING
    try:
        proved = verify(audit)
        head = proved.seal or AuditHead(lines=proved.lines, head=proved.head)
    except AuditError as error:
        _log.info("No audit to go by: %s", error)
    return Ended(
        reason=reason,
        seconds=seconds,
        commands=0,
        files=0,
        audit_head=head,
        audit=audit,
        recording=audit.with_name(f"{session}.cast"),
        forced=forced,
        why="" if forced else "the session's own process died",
    )
