"""Record time worked, to the second as it was."""

from datetime import datetime
from uuid import UUID

from app.domain.events import Event, WorkKind, WorkRecorded
from app.flows.party import Party
from app.flows.synchronise import send_soon


def record_work(
    party: Party,
    case_id: UUID,
    start: datetime,
    end: datetime,
    kind: WorkKind,
    text: str = "",
    session: UUID | None = None,
) -> Event:
    """Add a piece of work. `start` and `end` carry their offset. Raises `RefusedError` for an impossible time."""
    event = party.write(case_id, WorkRecorded(start=start, end=end, work=kind, text=text.strip(), session=session))
    send_soon(party)
    return event


def record_work_anew(party: Party, case_id: UUID, refused: UUID, body: WorkRecorded) -> Event:
    """Record this in place of a piece of work that the service refused. Raises `RefusedError` as above."""
    event = party.write(case_id, body, refused)
    send_soon(party)
    return event
