"""Shifts from an iCalendar file: reading it again brings what changed, and nothing twice."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain import events as ev
from app.domain.decide_rota import LONGEST
from app.domain.people import Author
from app.domain.rota_log import ROTA, Planned
from app.flows.party import Party
from app.flows.rota import rota_of, staff_of
from app.flows.rota_errors import UnknownTechnicianError
from app.flows.synchronise import send_soon
from app.system.calendar_errors import CalendarFileError
from app.system.calendar_file import MOST_BYTES, Occurrence, read_calendar, uid_of
from app.system.calendars import local_zone


@dataclass(frozen=True, slots=True)
class ShiftsImported:
    """How many shifts came, changed, were there already, and went."""

    added: int
    changed: int
    unchanged: int
    removed: int


def import_shifts(party: Party, path: Path, until: datetime) -> ShiftsImported:
    """Take the file's shifts from now until then (UTC): all of them, or none.

    An event of the file is known again by its UID and by which of its occurrences it is: where it was moved, its shift
    is; where it is no more, its shift goes. What the file says nothing of stays. Past shifts are left as they are.
    Raises `CalendarFileError` and `UnknownTechnicianError`.
    """
    now = party.clock.now()
    file = read_calendar(_content(path), local_zone(), now, until)
    there = {each.source: each for each in rota_of(party).planned if each.source}
    people = _people(party, file.occurrences)
    wanted = [_shift(one, person) for one, person in zip(file.occurrences, people, strict=True)]
    changes = [body for body in wanted if not _is_same(there.get(body.source), body)]
    named = {body.source for body in wanted}
    gone = [
        each.id
        for source, each in there.items()
        if source not in named and uid_of(source) in file.uids and now < each.shift.start < until
    ]
    bodies: list[ev.Body] = [*changes, *(ev.ShiftRemoved(shift=shift) for shift in gone)]
    if bodies:
        party.write_all_beside(ev.Stream.ROTA, ROTA, bodies)
        send_soon(party)
    changed = sum(body.source in there for body in changes)
    return ShiftsImported(len(changes) - changed, changed, len(wanted) - len(changes), len(gone))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CalendarFileError(f"{path} cannot be read ({error.strerror}).") from error


def _people(party: Party, occurrences: tuple[Occurrence, ...]) -> list[Author]:
    """Whose shifts they are."""
    staff = staff_of(party)
    found = [_who(one.names, staff) for one in occurrences]
    unknown = {one.names[-1] if one.names else "" for one, person in zip(occurrences, found, strict=True) if not person}
    if unknown:
        raise UnknownTechnicianError(sorted(unknown)[:5], [person.name for person in staff])
    return [person for person in found if person]


def _who(names: tuple[str, ...], staff: tuple[Author, ...]) -> Author | None:
    """By the whole of a name; or else the one technician who is named in the title, as in `On call: Bo`."""
    for name in names:
        whole = [person for person in staff if person.name.casefold() == name.casefold()]
        if len(whole) == 1:
            return whole[0]
    title = _spaced(names[-1]) if names else ""
    within = [person for person in staff if _spaced(person.name) in title]
    return within[0] if len(within) == 1 else None


def _spaced(text: str) -> str:
    """The words alone, a space around each: `Bo` is not in `Bob`."""
    return f" {' '.join(''.join(each if each.isalnum() else ' ' for each in text.casefold()).split())} "


def _shift(one: Occurrence, person: Author) -> ev.ShiftPlanned:
    if one.end - one.start > LONGEST:
        raise CalendarFileError(f"the shift of {person.name} from {one.start:%Y-%m-%d} is longer than 31 days.")
    return ev.ShiftPlanned(technician=person.id, name=person.name, start=one.start, end=one.end, source=one.source)


def _is_same(planned: Planned | None, body: ev.ShiftPlanned) -> bool:
    if planned is None:
        return False
    shift = planned.shift
    return (shift.technician, shift.start, shift.end) == (body.technician, body.start, body.end)
