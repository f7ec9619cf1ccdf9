"""`bistand timesheet --month M [--csv FILE] [--kimai URL]`: what was worked in a month; all but Kimai offline."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.common import add_identity, plain, show, tell
from app.cli.identity import open_party
from app.cli.progress import GOES_ON, showing
from app.cli.shared import shared_facts, shared_line
from app.flows.party import Party
from app.flows.sentences import duration
from app.flows.shared_time import shared_time
from app.flows.timesheet import Entry, Wanted, facts, parse_month, save_timesheet, timesheet, totals

if TYPE_CHECKING:
    from app.flows.kimai import Sent


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which month, whose work, and where to."""
    parser.add_argument("--month", metavar="YYYY-MM", required=True, help="the month, by this computer's clock")
    parser.add_argument("--technician", metavar="NAME", help="what this person worked alone")
    parser.add_argument("--customer", metavar="NAME", help="what was worked for this customer alone")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write every piece of work into this file")
    parser.add_argument("--kimai", metavar="URL", help="tell your own work to Kimai; `bistand kimai URL` comes first")
    parser.add_argument(
        "--kimai-places",
        metavar="FILE",
        type=Path,
        help="Kimai's projects and activities (default: kimai.toml at home)",
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print the sums for each technician and customer, or every piece with `--json`; write and tell them where asked.

    1 where Kimai has not all of it.
    """
    year, month = parse_month(options.month)
    with open_party(ephemeral=options.ephemeral) as party:
        entries = timesheet(party, year, month, Wanted(options.technician, options.customer))
        if options.csv is not None:
            save_timesheet(entries, options.csv)
        shared = shared_time(party, entries)
        sent = _tell_kimai(party, options, entries) if options.kimai else None
    sums = totals(entries)
    lines = [f"{who}, for {whom or 'somebody'}: {duration(seconds)}" for (who, whom), seconds in sums.items()]
    text = plain("\n".join(lines)) if lines else f"Nothing was worked in {year}-{month:02}, as far as is known here."
    text += "".join(f"\n{plain(shared_line(each))}" for each in shared)
    if options.csv is not None:
        text += f"\nWritten: {options.csv}"
    told: dict[str, object] = {
        "month": f"{year}-{month:02}",
        "seconds": sum(sums.values()),
        "totals": [{"technician": who, "customer": whom, "seconds": each} for (who, whom), each in sums.items()],
        "work": [facts(each) for each in entries],
        "overlaps": [shared_facts(each) for each in shared],
    }
    if sent is not None:
        text += f"\nKimai: {sent.created} added, {sent.changed} changed, {sent.unchanged} there already."
        told["kimai"] = _kimai_facts(sent)
    show(options, told, text)
    return 1 if sent is not None and sent.not_sent else 0


def _tell_kimai(party: Party, options: argparse.Namespace, entries: Sequence[Entry]) -> "Sent":
    from app.flows.kimai import own_entries, send_to_kimai  # HTTP is slow to load, and the rest goes without
    from app.flows.kimai_file import read_places

    places = read_places(options.kimai_places or party.home.folder / "kimai.toml")
    with showing("Telling Kimai", stopped=GOES_ON) as progress:
        sent = send_to_kimai(party, options.kimai, own_entries(party, entries), places, progress)
    for lost in sent.not_sent:
        tell(f"Not told to Kimai: {_line(lost.entry)}: {plain(lost.reason)}.")
    for entry in sent.copied:
        tell(f"Kimai has more than one record of {_line(entry)}; somebody copied it there. The oldest is ours.")
    return sent


def _line(entry: Entry) -> str:
    return f"{entry.start.astimezone():%Y-%m-%d %H:%M}, {duration(entry.seconds)}, {plain(entry.customer)}, {entry.id}"


def _kimai_facts(sent: "Sent") -> dict[str, object]:
    return {
        "created": sent.created,
        "changed": sent.changed,
        "unchanged": sent.unchanged,
        "not_sent": [{"id": str(lost.entry.id), "reason": lost.reason} for lost in sent.not_sent],
        "copied": [str(entry.id) for entry in sent.copied],
    }
