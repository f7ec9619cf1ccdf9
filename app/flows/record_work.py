"""Record time worked, to the second as it was."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.domain.events import Event, WorkKind, WorkRecorded
from app.domain.work import Work
from app.flows.errors import BadInputError
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


def correct_work(
    party: Party,
    case_id: UUID,
    untrusted_name: str,
    start: datetime,
    end: datetime,
    kind: WorkKind | None,
    text: str | None,
) -> tuple[Event, WorkKind]:
    """Record how this piece of work really was. It keeps its id and its worker; its kind and text too, if not given.

    Returns its kind beside the event. It goes by its id, or the first letters of it. Raises `BadInputError`, and
    `RefusedError` as above.
    """
    piece = _named(party.store.case(case_id).work, untrusted_name)
    words = piece.text if text is None else text.strip()
    kind = kind or piece.kind
    body = WorkRecorded(start=start, end=end, work=kind, text=words, session=piece.session, corrects=piece.id)
    event = party.write(case_id, body)
    send_soon(party)
    return event, kind


def record_work_anew(party: Party, case_id: UUID, refused: UUID, body: WorkRecorded) -> Event:
    """Record this in place of a piece of work that the service refused. Raises `RefusedError` as above."""
    event = party.write(case_id, body, refused)
    send_soon(party)
    return event


def _named(work: Iterable[Work], untrusted_name: str) -> Work:
    name = untrusted_name.strip().lower()
    found = [piece for piece in work if len(name) >= 8 and name in (str(piece.origin)[: len(name)], str(piece.id))]
    if len(found) != 1:
        raise BadInputError(
            f"{'More than one piece of' if found else 'No'} work on this case goes by “{untrusted_name[:40]}”. Give "
            "its whole id: `bistand timesheet --month M --json` tells them."
        )
    return found[0]
