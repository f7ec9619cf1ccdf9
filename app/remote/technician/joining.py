"""How a technician comes into a session: paired by the code that the customer reads out, then connected."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.domain.relay import Door
from app.remote.pairing.mailbox import Mailbox
from app.remote.pairing.technician import AnswerLimits
from app.remote.technician.pinned import Pinned, pin
from app.remote.technician.session import TechnicianSession
from app.system.clock import Clock


def join(  # noqa: PLR0913 - each by its name, and all are needed
    *,
    session: UUID,
    case: UUID,
    technician: str,
    code: str,
    mailbox: Mailbox,
    door: Callable[[str], Door],
    folder: Path,
    clock: Clock,
    limits: AnswerLimits | None = None,
) -> TechnicianSession:
    """Pair with the customer by the code that they read out, then connect.

    Raises the `PairingError` tree (a wrong code burns it, `CodeFormatError` does not), and what `connect` raises.
    """
    return connect(pin(session, case, technician, code, mailbox, limits), door, folder=folder, clock=clock)


def connect(pinned: Pinned, door: Callable[[str], Door], *, folder: Path, clock: Clock) -> TechnicianSession:
    """Begin a session with a customer whose key the pairing has proved.

    `door` gets the public key for the relay and answers with this side's way there. `folder` is where the audit's
    copy and the recording go. Raises the `LinkError` tree, `RecordingError`, `AuditError`, and what `door` raises.
    """
    session = TechnicianSession(pinned, door, folder, clock)
    session.connect()
    return session
