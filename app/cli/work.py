"""`bistand work CASE --from MOMENT --to MOMENT --kind K`: record time; list, correct and split it."""

import argparse
from datetime import datetime
from uuid import UUID

from app.cli.common import add_case, add_identity, clock_time, parse_moment, plain, show, typed
from app.cli.identity import open_party
from app.cli.shared import shared_facts, shared_line
from app.cli.written import show_written
from app.domain.case import Case
from app.domain.errors import UsageError
from app.domain.events import Event, WorkKind, WorkRecorded
from app.domain.reference import reference
from app.domain.work import Work
from app.flows.list_cases import named_case
from app.flows.party import Party
from app.flows.recognise import usual_work
from app.flows.record_work import named_work, record, require_free, split_work
from app.flows.sentences import duration
from app.flows.shared_time import shared_time
from app.flows.take_time import Measured, let_timer_go, session_time, start_timer, timed, timer_since
from app.flows.timesheet import entries_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, when, and what it is to the agreement."""
    add_case(parser)
    parser.add_argument("--from", dest="begin", metavar="MOMENT", help="14:05, or a date and time, also long past")
    parser.add_argument("--to", dest="end", metavar="MOMENT", help="14:20, a date and time, or now")
    parser.add_argument("--start", action="store_true", help="start a timer on the case; it runs until --stop")
    measured = parser.add_mutually_exclusive_group()
    measured.add_argument("--stop", action="store_true", help="record what the timer has measured")
    measured.add_argument(
        "--session", metavar="SESSION", help="record the time of this session of mine; last: the newest"
    )
    parser.add_argument(
        "--kind",
        choices=[kind.value for kind in WorkKind],
        help="without it: rework where the case came back, else covered",
    )
    parser.add_argument("--text", help="what was done; of a favour, why it is one")
    parser.add_argument("--again", metavar="CASE", help="the earlier case that rework mends once more")
    changes = parser.add_mutually_exclusive_group()
    changes.add_argument("--corrects", metavar="WORK", help="put it in the place of this piece; what is not said stays")
    changes.add_argument("--split", metavar="WORK", help="part this piece --at a moment; the rest is of --kind")
    parser.add_argument("--at", metavar="MOMENT", help="where to split")
    parser.add_argument("--overlap", action="store_true", help="it lies within other time of mine, and both are right")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Record it, to the second; without a time, list what was recorded."""
    with open_party(ephemeral=options.ephemeral) as party, typed():
        case_id = named_case(party, options.case)
        if options.start:
            return _start(options, party, case_id)
        if not (options.corrects or options.split or options.begin or options.end or options.stop or options.session):
            return _list(options, party, party.store.case(case_id))
        if options.split and (options.stop or options.session):
            raise UsageError("A piece is split --at a moment, and nothing is measured for that.")
        events = _split(party, case_id, options) if options.split else (_record(party, case_id, options),)
        told = [event.body for event in events if isinstance(event.body, WorkRecorded)]
        if options.stop:
            let_timer_go(party, case_id)
        seconds = sum((body.end - body.start).total_seconds() for body in told)
        kind, earlier = told[-1].work.value, [str(body.earlier) for body in told if body.earlier]
        text = f"Recorded {duration(seconds)}, {kind}."
        return show_written(options, party, events[-1], text, seconds=seconds, kind=kind, earlier=earlier)


def _record(party: Party, case_id: UUID, options: argparse.Namespace) -> Event:
    old = named_work(party, case_id, options.corrects) if options.corrects else None
    case = party.store.case(case_id)
    span = _span(party, case, old, options)
    kind = WorkKind(options.kind) if options.kind else old.kind if old else usual_work(case)
    if not options.overlap:
        require_free(party, span.start, span.end, old.id if old else None)
    body = WorkRecorded(
        start=span.start,
        end=span.end,
        work=kind,
        text=(options.text if options.text is not None else old.text if old else "").strip(),
        session=span.session,
        corrects=old.id if old else None,
        earlier=_earlier(party, case, kind, old, options),
    )
    return record(party, case_id, body)


def _span(party: Party, case: Case, old: Work | None, options: argparse.Namespace) -> Measured:
    """When it was: measured by a timer or a session, or as it was typed."""
    if options.stop or options.session:
        if old or options.begin or options.end:
            raise UsageError("What was measured is recorded as it is. Correct it afterwards: --corrects WORK.")
        return timed(party, case.id) if options.stop else session_time(party, case, options.session)
    if old is None and not (options.begin and options.end):
        raise UsageError("Say --from and --to.")
    now = party.clock.now()
    start, end = (old.start, old.end) if old else (now, now)
    return Measured(_moment(options.begin, start, now), _moment(options.end, end, now), old.session if old else None)


def _start(options: argparse.Namespace, party: Party, case_id: UUID) -> int:
    if options.stop or options.session or options.begin or options.end or options.corrects or options.split:
        raise UsageError("--start stands alone: --stop records the time.")
    since = start_timer(party, case_id)
    text = "The timer runs. `bistand work CASE --stop` records it."
    show(options, {"case": str(case_id), "since": since.isoformat()}, text)
    return 0


def _earlier(party: Party, case: Case, kind: WorkKind, old: Work | None, options: argparse.Namespace) -> UUID | None:
    if options.again:
        return named_case(party, options.again)
    if kind is not WorkKind.REWORK:
        return None
    if old is not None and old.earlier is not None:
        return old.earlier
    if not case.earlier:
        raise UsageError("Rework mends an earlier case once more. Say which: --again CASE.")
    return case.earlier[-1]


def _split(party: Party, case_id: UUID, options: argparse.Namespace) -> tuple[Event, Event]:
    if not options.at:
        raise UsageError("Say where to split: --at MOMENT.")
    work = named_work(party, case_id, options.split)
    kind = WorkKind(options.kind) if options.kind else work.kind
    return split_work(party, case_id, work, parse_moment(options.at, party.clock.now()), kind, options.text or "")


def _moment(text: str | None, old: datetime, now: datetime) -> datetime:
    return parse_moment(text, now) if text else old


def _list(options: argparse.Namespace, party: Party, case: Case) -> int:
    shared = shared_time(party, entries_of(case))
    facts = [
        {
            "case": str(case.id), "work": reference(work.id), "event": str(work.id), "technician": work.author.name,
            "start": work.start.isoformat(), "end": work.end.isoformat(), "seconds": work.seconds,
            "kind": work.kind.value, "text": work.text, "earlier": str(work.earlier) if work.earlier else None,
            "overlaps": [shared_facts(each) for each in shared if work.origin in each.work],
        }
        for work in case.work
    ]  # fmt: skip
    since = timer_since(party, case.id)
    running = [f"Your timer runs since {clock_time(since)}."] if since else []
    lines = [*map(_line, case.work), *running, *(plain(shared_line(each)) for each in shared)]
    show(options, facts, "\n".join(lines) or "No time was recorded on this case.")
    return 0


def _line(work: Work) -> str:
    again = f"  for {reference(work.earlier)} again" if work.earlier else ""
    head = f"{reference(work.id)}  {clock_time(work.start)}  {duration(work.seconds):>10}  {work.kind.value:<8}"
    return f"{head}  {plain(work.author.name)}: {plain(work.text)}{again}"
