"""Make all that follows from the log anew, and tell what had differed.

Belongs to the store's own thread and to one transaction.
"""

from dataclasses import fields
from uuid import UUID

from app.domain.progress import Counted, uncounted
from app.domain.streams import State
from app.store import blobs, following, log, passages, projections, sequence
from app.store.connection import Connection
from app.store.records import CaseRow, Difference, Rebuilt

_STRAY = "SELECT id FROM case_row WHERE NOT EXISTS (SELECT 1 FROM event WHERE stream_id = case_row.id)"


def rebuild(connection: Connection, device: UUID, progress: Counted = uncounted) -> Rebuilt:
    """Case by case, so that a large log needs little memory. A step is a case, or a passage to search in.

    `device` is this one.
    """
    while following.count(connection):
        following.follow_some(connection)
    sequence.count_anew(connection, device)
    differences: list[Difference] = []
    ids = log.case_ids(connection)
    beside = log.ids_beside_cases(connection)
    first = len(ids) + len(beside)
    steps = first + passages.count(connection)
    events = 0
    for done, case_id in enumerate(ids):
        progress(done, steps)
        events += _rebuild_case(connection, case_id, differences)
    for done, (stream, name) in enumerate(beside, len(ids)):
        progress(done, steps)
        events += _rebuild_text(connection, log.state(connection, stream, name), differences)
    for (stray,) in connection.execute(_STRAY).fetchall():
        _mend_row(connection, UUID(bytes=stray), None, differences)
    projections.fold_machines(connection)
    steps = first + passages.count(connection)  # the cases may have brought some back
    passages.fold_again(connection, lambda done: progress(first + done, steps))
    return Rebuilt(len(ids), events, tuple(differences))


def _rebuild_case(connection: Connection, case_id: UUID, differences: list[Difference]) -> int:
    case = log.case(connection, case_id)
    row = projections.row_of(case, log.unsent_of(connection, case_id))
    _mend_row(connection, case_id, row, differences)
    return _rebuild_text(connection, case, differences)


def _rebuild_text(connection: Connection, state: State, differences: list[Difference]) -> int:
    """What is kept beside any stream: what search finds of it, and its blobs."""
    _mend_search(connection, state, differences)
    _mend_blobs(connection, state, differences)
    return len(state.timeline)


def _mend_row(connection: Connection, case_id: UUID, row: CaseRow | None, differences: list[Difference]) -> None:
    kept = projections.row(connection, case_id)
    if kept != row:
        differences.append(Difference(case_id, "list", *_unlike(kept, row)))
        projections.write_row(connection, case_id, row)


def _unlike(kept: CaseRow | None, made: CaseRow | None) -> tuple[str, str]:
    """What differs between two rows, in words."""
    if kept is None or made is None:
        return ("not there" if kept is None else kept.title), ("not there" if made is None else made.title)
    names = [one.name for one in fields(CaseRow) if getattr(kept, one.name) != getattr(made, one.name)]
    both = [", ".join(f"{name} {getattr(row, name)}" for name in names) for row in (kept, made)]
    return both[0], both[1]


def _mend_search(connection: Connection, state: State, differences: list[Difference]) -> None:
    kept, made = passages.settle(connection, state)
    if kept != made:
        differences.append(Difference(state.id, "search", _amount(kept - made), _amount(made - kept)))


def _mend_blobs(connection: Connection, state: State, differences: list[Difference]) -> None:
    kept = blobs.kept_of(connection, state.id)
    made = {row for event in state.timeline for row in blobs.rows_of(event)}
    if kept != made:
        differences.append(Difference(state.id, "blobs", _amount(kept - made), _amount(made - kept)))
        blobs.forget_case(connection, state.id)
        for event in state.timeline:
            blobs.name(connection, event)
    wrong = blobs.mend_case(connection, state.id)
    if wrong:
        told = f"{wrong} of which it was wrong whether they are here, or indexed"
        differences.append(Difference(state.id, "blobs", told, "none of them"))


def _amount(rows: set[passages.Row] | set[blobs.Row]) -> str:
    return f"{len(rows)} that the other does not have"
