"""The shelves of the queue: which cases lie where."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from app.domain.case import Status
from app.flows.list_cases import CaseRow


class Shelf(StrEnum):
    """A part of the queue."""

    WAITING = "waiting"
    MINE = "mine"
    COLLEAGUES = "colleagues"
    CLOSED = "closed"


def shelf_of(row: CaseRow, me: UUID) -> Shelf:
    """Where a case lies for this technician."""
    if row.status is Status.CLOSED:
        return Shelf.CLOSED
    if row.technician_id is None:
        return Shelf.WAITING
    return Shelf.MINE if row.technician_id == me else Shelf.COLLEAGUES


def sort_onto_shelves(rows: Iterable[CaseRow], me: UUID) -> dict[Shelf, tuple[CaseRow, ...]]:
    """All cases by shelf. Those whose customer waits for a technician stand first, then the newest change."""
    shelves: dict[Shelf, list[CaseRow]] = {shelf: [] for shelf in Shelf}
    for row in sorted(rows, key=lambda row: not row.waiting):
        shelves[shelf_of(row, me)].append(row)
    return {shelf: tuple(lying) for shelf, lying in shelves.items()}
