"""How a session ended, as either end holds it."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.events import AuditHead, EndReason


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is over.

    `seconds` counts from the technician's coming in; `audit_head` is signed by both ends where both were
    reachable. `forced` tells that the customer's session process did not end by itself and was killed;
    `left` counts processes of the session that could not be ended (only another user's can be).
    """

    reason: EndReason
    seconds: float
    commands: int
    files: int
    audit_head: AuditHead
    audit: Path
    recording: Path
    forced: bool = False
    left: int = 0
    why: str = ""
