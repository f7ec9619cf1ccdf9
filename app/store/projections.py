"""What is kept beside the log so that lists need no folding. All of it follows from the log (see rebuild.py).

All functions belong to the store's own thread, and to a transaction where they write.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.altered import altered
from app.domain.case import Case, Status, change, heard
from app.domain.events import Event, Stream
from app.domain.finding import Level
from app.store import blobs, log, passages
from app.store.connection import Connection
from app.store.folding import fold
from app.store.records import CaseRow

_COLUMNS = """
id, title, status, customer, technician, technician_id, machine, opened_at, changed_at,
problems, notices, waiting, pending
"""
_WRITE = f"""
INSERT OR REPLACE INTO case_row ({_COLUMNS}, machine_words) VALUES ({", ".join("?" * 14)})
"""  # noqa: S608 - no value in it
_NOT_SHOWN = (
    ev.NoteAdded,
    ev.WorkRecorded,
    ev.ConsentGiven,
    ev.ConsentWithdrawn,
    ev.EstimateGiven,
    ev.HandoverOffered,
    ev.HandoverDeclined,
    ev.HandoverWithdrawn,
    ev.ColleagueAsked,
    ev.ColleagueAnswered,
    ev.AlternativesOffered,
    ev.AlternativeChosen,
    ev.CaseCameBack,
    ev.FixPlanned,
    ev.FixDone,
    ev.LineCrossed,
    ev.LineFollowedUp,
    ev.UnknownBody,
    ev.ProblemPlaced,
    ev.CoverageDecided,
    ev.PriceAccepted,
    ev.PriceDeclined,
)
"""What changes nothing of a row but when the case last changed, and, said by the customer, that they are awaited."""


def refresh(connection: Connection, case_id: UUID) -> None:
    """Make the case's row anew from its events."""
    case = shown_after(Case(case_id), log.events_of(connection, case_id))
    write_row(connection, case_id, row_of(case, log.unsent_of(connection, case_id)))


def refresh_articles(connection: Connection, events: Iterable[Event]) -> None:
    """Have search find the editions that hold of the articles that these events are of, and no earlier ones."""
    for name in {event.stream_id for event in events if event.stream is Stream.ARTICLE}:
        passages.settle(connection, log.state(connection, Stream.ARTICLE, name))


def write_row(connection: Connection, case_id: UUID, row: CaseRow | None) -> None:
    """Put this row in place of the case's old one; None leaves the case without."""
    if row is None:
        connection.execute("DELETE FROM case_row WHERE id = ?", (case_id.bytes,))
    else:
        connection.execute(_WRITE, _values(row))


def fold_machines(connection: Connection) -> None:
    """Make the folded words of all rows' machines anew."""
    connection.execute("UPDATE case_row SET machine_words = fold(machine) WHERE machine_words <> fold(machine)")


def _values(row: CaseRow) -> tuple[object, ...]:
    return (
        row.id.bytes,
        row.title,
        row.status.value,
        row.customer,
        row.technician,
        row.technician_id.bytes if row.technician_id else None,
        row.machine,
        row.opened_at.isoformat() if row.opened_at else None,
        row.changed_at.isoformat(timespec="microseconds"),
        row.problems,
        row.notices,
        row.waiting,
        row.pending,
        fold(row.machine),
    )


def shown_after(case: Case, events: Iterable[Event]) -> Case:
    """The case after these events too, as far as a row shows it: notes, work and consents are left out."""
    newest = None
    for newest in events:
        case = heard(case, newest) if isinstance(newest.body, _NOT_SHOWN) else change(case, newest)
    return case if newest is None else altered(case, changed_at=newest.at)


def row_of(case: Case, pending: int) -> CaseRow | None:
    """The row of a case, or None for a case of which nothing holds (its only events were refused)."""
    if case.changed_at is None:
        return None
    levels = [finding.level for finding in case.findings]
    return CaseRow(
        id=case.id,
        title=case.title,
        status=case.status,
        customer=case.customer.name if case.customer else "",
        technician=case.technician.name if case.technician else None,
        technician_id=case.technician.id if case.technician else None,
        machine=case.machine,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        problems=levels.count(Level.PROBLEM),
        notices=levels.count(Level.NOTICE),
        waiting=case.waiting_session is not None,
        pending=pending,
    )


def cases(connection: Connection) -> tuple[CaseRow, ...]:
    """The list of cases, newest change first."""
    query = f"SELECT {_COLUMNS} FROM case_row ORDER BY changed_at DESC, id DESC"  # noqa: S608 - no value in it
    return tuple(_row(values) for values in connection.execute(query))


def quiet_between(connection: Connection, like: Case, since: datetime, until: datetime, limit: int) -> tuple[UUID, ...]:
    """The cases of the same machine, by its key, that last changed between these moments (UTC).

    The newest first, at most `limit`.
    """
    query = """
    SELECT id FROM case_row WHERE changed_at BETWEEN ? AND ? AND id <> ?
    AND id IN (SELECT stream_id FROM event WHERE device = ? AND kind = 'case_opened' AND refusal IS NULL)
    ORDER BY changed_at DESC LIMIT ?
    """
    moments = (since.isoformat(timespec="microseconds"), until.isoformat(timespec="microseconds"))
    device = like.device.bytes if like.device else b""
    rows = connection.execute(query, (*moments, like.id.bytes, device, limit))
    return tuple(UUID(bytes=found[0]) for found in rows)


def row(connection: Connection, case_id: UUID) -> CaseRow | None:
    """One case's row as it is kept, or None."""
    query = f"SELECT {_COLUMNS} FROM case_row WHERE id = ?"  # noqa: S608 - no value in it
    values = connection.execute(query, (case_id.bytes,)).fetchone()
    return _row(values) if values else None


def _row(values: tuple) -> CaseRow:  # type: ignore[type-arg]  # thirteen columns, each of its own type
    case_id, title, status, customer, technician, technician_id, machine, opened_at, changed_at, *counts = values
    problems, notices, waiting, pending = counts
    return CaseRow(
        id=UUID(bytes=case_id),
        title=title,
        status=Status(status),
        customer=customer,
        technician=technician,
        technician_id=UUID(bytes=technician_id) if technician_id else None,
        machine=machine,
        opened_at=datetime.fromisoformat(opened_at) if opened_at else None,
        changed_at=datetime.fromisoformat(changed_at),
        problems=problems,
        notices=notices,
        waiting=bool(waiting),
        pending=pending,
    )


def follow(connection: Connection, event: Event) -> None:
    """Keep what the event means beside the fold: its blobs and its text. Twice is fine."""
    blobs.name(connection, event)
    passages.index_event(connection, event)


def unfollow(connection: Connection, event: Event) -> None:
    """Undo `follow`: the event was refused."""
    blobs.forget_event(connection, event.id)
    passages.forget_event(connection, event.id)
