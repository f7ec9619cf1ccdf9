"""Time of one person that lies within other time of theirs: counted twice, so it is said wherever time is listed.

`bistand work` asks before it writes such a piece. Two devices of one person, and windows, may still write it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.work import Work, at_once
from app.flows.party import Party
from app.flows.timesheet import Entry

_ABROAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SharedTime:
    """Two pieces of one person, and the time (UTC) that counts in both. `work` and `cases` are in the same order."""

    technician: str
    start: datetime
    end: datetime
    work: tuple[UUID, UUID]
    cases: tuple[UUID, UUID]

    @property
    def seconds(self) -> float:
        """How much of it there is."""
        return (self.end - self.start).total_seconds()


def shared_time(party: Party, entries: Iterable[Entry]) -> tuple[SharedTime, ...]:
    """What these share with any other time of the same people that is on this machine, in order."""
    by_person: dict[UUID, list[Entry]] = {}
    for entry in entries:
        by_person.setdefault(entry.technician_id, []).append(entry)
    found = [shared for person, theirs in by_person.items() for shared in _shared(party, person, theirs)]
    return tuple(sorted(found, key=lambda each: (each.start, each.technician, each.work[0].int, each.work[1].int)))


def _shared(party: Party, person: UUID, entries: list[Entry]) -> Iterable[SharedTime]:
    first, last = min(each.start for each in entries), max(each.end for each in entries)
    wanted = {each.id for each in entries}
    case_of: dict[UUID, UUID] = {}
    theirs: list[Work] = []
    for case in party.store.worked_on(person, (first - _ABROAD).date(), (last + _ABROAD).date()):
        for work in case.work:
            if work.author.id == person:
                case_of[work.origin] = case.id
                theirs.append(work)
    for one, other in at_once(theirs):
        if one.origin in wanted or other.origin in wanted:
            both = (one.origin, other.origin)
            yield SharedTime(
                one.author.name, other.start, min(one.end, other.end), both, (case_of[both[0]], case_of[both[1]])
            )
