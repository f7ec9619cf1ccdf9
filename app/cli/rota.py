"""`bistand rota ACTION`: who is on call when, and who is alerted for a request now, and why. Works offline."""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app.cli.common import add_identity, clock_time, parse_moment, plain, show
from app.cli.identity import open_party
from app.domain.errors import UsageError
from app.domain.reference import reference
from app.domain.rota import Shift, Why
from app.domain.rota_log import Planned
from app.flows.list_cases import named_case
from app.flows.party import Party
from app.flows.rota import (
    add_shift,
    alerted_for,
    gaps_within,
    remove_shift,
    rota_of,
    shifts_within,
)
from app.flows.rota_import import import_shifts

_MOST_DAYS = 3 * 366
_WHY = {
    Why.USUAL: "within hours all are alerted, and first the one who knows this customer",
    Why.WITHIN_HOURS: "within hours all are alerted",
    Why.ON_CALL: "it is after hours, and they are on call",
    Why.NOBODY_ON_CALL: "it is after hours and nobody is on call, so everybody is alerted",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="plan a shift")
    add.add_argument("name", metavar="NAME", help="a technician's name, or me")
    add.add_argument("--from", dest="start", metavar="WHEN", required=True, help="2026-11-25 16:00, or 16:00 today")
    add.add_argument("--to", dest="end", metavar="WHEN", required=True)
    remove = actions.add_parser("remove", help="take a shift away")
    remove.add_argument("shift", metavar="SHIFT", help="its short name, as `rota show` tells it")
    shown = actions.add_parser("show", help="the shifts to come")
    missing = actions.add_parser("gaps", help="when, after hours, nobody is on call")
    for action in (shown, missing):
        action.add_argument("--days", type=int, default=28, help="how far to look (28)")
    now = actions.add_parser("now", help="who is alerted for a request now, and why")
    now.add_argument("--case", metavar="CASE", help="a request on this case: its customer's hours, and who knows them")
    for action in (shown, missing, now):
        action.add_argument("--at", metavar="WHEN", default="now", help="at another moment")
    imported = actions.add_parser("import", help="take shifts from an iCalendar file; again brings what changed")
    imported.add_argument("file", metavar="FILE", type=Path)
    imported.add_argument("--days", type=int, default=366, help="how far to take what recurs (366)")
    for action in actions.choices.values():
        add_identity(action)


def run(options: argparse.Namespace) -> int:
    """Do it, and print what came of it."""
    if not 1 <= getattr(options, "days", 1) <= _MOST_DAYS:
        raise UsageError(f"--days is between 1 and {_MOST_DAYS}.")
    with open_party(ephemeral=options.ephemeral) as party:
        facts, text = _ACTIONS[options.action](party, options)
    show(options, facts, plain(text))
    return 0


def _add(party: Party, options: argparse.Namespace) -> tuple[object, str]:
    now = party.clock.now()
    event = add_shift(party, options.name, parse_moment(options.start, now), parse_moment(options.end, now))
    planned = next(each for each in rota_of(party).planned if each.id == event.id)
    return _facts(planned), f"Planned. {_line(planned)}"


def _remove(party: Party, options: argparse.Namespace) -> tuple[object, str]:
    gone = remove_shift(party, options.shift)
    return _facts(gone), f"Taken away. {_line(gone)}"


def _show(party: Party, options: argparse.Namespace) -> tuple[object, str]:
    start, end = _stretch(party, options)
    found = shifts_within(party, start, end)
    text = "\n".join(map(_line, found)) or "Nobody is on call in this time."
    return {"shifts": [_facts(each) for each in found]}, text


def _gaps(party: Party, options: argparse.Namespace) -> tuple[object, str]:
    start, end = _stretch(party, options)
    found = gaps_within(party, start, end)
    lines = [f"{clock_time(gap.start)} to {clock_time(gap.end)}" for gap in found]
    facts = {"gaps": [{"start": gap.start.isoformat(), "end": gap.end.isoformat()} for gap in found]}
    head = "After hours (working days from 8 to 16 are within), nobody is on call:"
    return facts, "\n".join([head, *lines]) if lines else "Somebody is reachable at any hour of this time."


def _now(party: Party, options: argparse.Namespace) -> tuple[object, str]:
    at = parse_moment(options.at, party.clock.now())
    case_id = named_case(party, options.case) if options.case else None
    told = alerted_for(party, case_id, at)
    hours = f"the agreement “{told.agreement}”" if told.agreement else "no agreement: working days from 8 to 16"
    facts = {
        "case": str(case_id) if case_id else None,
        "at": at.isoformat(),
        "alerted": [{"technician": str(person.id), "name": person.name} for person in told.people],
        "why": told.alert.why.name.lower(),
        "within_hours": told.is_open,
        "hours_of": told.agreement,
        "on_call": [_shift_facts(shift) for shift in told.shifts],
    }
    names = ", ".join(person.name for person in told.people) or "nobody is known here"
    return facts, f"{names}\n{_WHY[told.alert.why]} (hours: {hours})"


def _import(party: Party, options: argparse.Namespace) -> tuple[object, str]:
    done = import_shifts(party, options.file, party.clock.now() + timedelta(days=options.days))
    facts = {"added": done.added, "changed": done.changed, "unchanged": done.unchanged, "removed": done.removed}
    return facts, ", ".join(f"{count} {what}" for what, count in facts.items())


def _stretch(party: Party, options: argparse.Namespace) -> tuple[datetime, datetime]:
    start = parse_moment(options.at, party.clock.now())
    return start, start + timedelta(days=options.days)


def _line(planned: Planned) -> str:
    shift = planned.shift
    return f"{reference(planned.id)}  {clock_time(shift.start)} to {clock_time(shift.end)}  {shift.name}"


def _facts(planned: Planned) -> dict[str, object]:
    return {
        "shift": str(planned.id),
        "reference": reference(planned.id),
        **_shift_facts(planned.shift),
        "source": planned.source or None,
    }


def _shift_facts(shift: Shift) -> dict[str, object]:
    return {
        "technician": str(shift.technician),
        "name": shift.name,
        "start": shift.start.isoformat(),
        "end": shift.end.isoformat(),
    }


_ACTIONS: dict[str, Callable[[Party, argparse.Namespace], tuple[object, str]]] = {
    "add": _add,
    "remove": _remove,
    "show": _show,
    "gaps": _gaps,
    "now": _now,
    "import": _import,
}
