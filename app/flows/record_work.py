"""Record time worked, to the second as it was; correct it, split it, and never let it overlap unsaid."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import UsageError
from app.domain.events import Event, Stream, WorkKind, WorkRecorded
from app.domain.reference import is_named, reference
from app.domain.work import Work
from app.flows.errors import NoSuchWorkError, OverlapError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.translations import _


@dataclass(frozen=True, slots=True)
class Overlap:
    """Time of the same person that lies within other time. Moments are UTC."""

    case_id: UUID
    work: Work


def record_work(
    party: Party,
    case_id: UUID,
    start: datetime,
    end: datetime,
    kind: WorkKind,
    text: str = "",
    session: UUID | None = None,
) -> Event:
    """Add a piece of work. `start` and `end` carry their offset. Raises `RefusedError` for an impossible time.

    Rework mends the case that this one is again.
    """
    body = WorkRecorded(start=start, end=end, work=kind, text=text.strip(), session=session)
    return record(party, case_id, _linked(party, case_id, body))


def record(party: Party, case_id: UUID, body: WorkRecorded) -> Event:
    """Add a piece of work, or put it in the place of one. Raises `RefusedError` as above."""
    event = party.write(case_id, body)
    send_soon(party)
    return event


def record_work_anew(party: Party, case_id: UUID, refused: UUID, body: WorkRecorded) -> Event:
    """Record this in place of a piece of work that the service refused. Raises `RefusedError` as above."""
    event = party.write(case_id, _linked(party, case_id, body), refused)
    send_soon(party)
    return event


def _linked(party: Party, case_id: UUID, body: WorkRecorded) -> WorkRecorded:
    """Rework with the case that it mends, where this one is known to be that again."""
    again = party.store.case(case_id).earlier if body.work is WorkKind.REWORK and body.earlier is None else ()
    return body.model_copy(update={"earlier": again[-1]}) if again else body


def require_free(party: Party, start: datetime, end: datetime, besides: UUID | None = None) -> None:
    """Pass where I have recorded no other time between these moments. Raises `OverlapError`, which names what is there.

    `besides` is a piece that is about to be corrected.
    """
    found = overlaps(party, start, end, besides)
    if found:
        first = found[0]
        raise OverlapError(reference(first.case_id), first.work.start, first.work.end)


def overlaps(party: Party, start: datetime, end: datetime, besides: UUID | None = None) -> tuple[Overlap, ...]:
    """My own time on any case that lies between these moments, in order."""
    cases = party.store.worked_on(party.me.id, start.date(), end.date())
    found = [
        Overlap(case.id, work)
        for case in cases
        for work in case.work
        if work.author.id == party.me.id and work.id != besides and work.start < end and start < work.end
    ]
    return tuple(sorted(found, key=lambda each: (each.work.start, each.work.id.int)))


def said_overlap(party: Party, event: Event) -> str:
    """What to tell whoever just recorded this, where it lies within other time of theirs; nothing elsewhere."""
    if not isinstance(event.body, WorkRecorded):
        return ""
    found = overlaps(party, event.body.start, event.body.end, event.id)
    if not found:
        return ""
    other = found[0]
    return _(
        "It is recorded, and a part of it counts twice: you have {start:%Y-%m-%d %H:%M} to {end:%H:%M} on {case} too. "
        "Correct one of the two, unless both are right."
    ).format(start=other.work.start.astimezone(), end=other.work.end.astimezone(), case=reference(other.case_id))


def split_work(party: Party, case_id: UUID, work: Work, at: datetime, kind: WorkKind, text: str) -> tuple[Event, Event]:
    """Part a piece of one's own work at this moment; what comes after is of this kind. No second is lost or doubled.

    Raises `RefusedError`, and then nothing was changed.
    """
    if not work.start < at < work.end:
        raise UsageError("The moment to split at lies between the beginning and the end of the work.")
    first = WorkRecorded(
        start=work.start, end=at, work=work.kind, text=work.text, session=work.session, corrects=work.id,
        earlier=work.earlier,
    )  # fmt: skip
    second = WorkRecorded(
        start=at, end=work.end, work=kind, text=text.strip() or work.text, session=work.session,
        earlier=work.earlier if kind is WorkKind.REWORK else None,
    )  # fmt: skip
    both = first, _linked(party, case_id, second)
    one, other = party.write_all_beside(Stream.CASE, case_id, both)
    send_soon(party)
    return one, other


def named_work(party: Party, case_id: UUID, untrusted_name: str) -> Work:
    """The piece of work that a person means by its short name or id, also as a timesheet tells it.

    Raises `NoSuchWorkError`.
    """
    case = party.store.case(case_id)
    found = [work for work in case.work if is_named(untrusted_name, work.id, work.origin)]
    if len(found) != 1:
        raise NoSuchWorkError(untrusted_name)
    return found[0]
