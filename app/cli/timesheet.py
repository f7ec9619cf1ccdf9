"""`bistand timesheet --month M [--csv FILE]`: what was worked in a month, offline."""

import argparse
from pathlib import Path

from app.cli.common import add_identity, plain, show
from app.flows.sentences import duration
from app.flows.timesheet import facts, parse_month, save_timesheet, timesheet, totals
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which month, and where to."""
    parser.add_argument("--month", metavar="YYYY-MM", required=True, help="the month, by this computer's clock")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write every piece of work into this file")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print the sums for each technician and customer, or every piece with `--json`; write them with `--csv`."""
    year, month = parse_month(options.month)
    with open_party(ephemeral=options.ephemeral) as party:
        entries = timesheet(party, year, month)
    if options.csv is not None:
        save_timesheet(entries, options.csv)
    sums = totals(entries)
    lines = [f"{who}, for {whom or 'somebody'}: {duration(seconds)}" for (who, whom), seconds in sums.items()]
    text = plain("\n".join(lines)) if lines else f"Nothing was worked in {year}-{month:02}, as far as is known here."
    if options.csv is not None:
        text += f"\nWritten: {options.csv}"
    worked = sum(sums.values())
    show(options, {"month": f"{year}-{month:02}", "seconds": worked, "work": [facts(each) for each in entries]}, text)
    return 0
