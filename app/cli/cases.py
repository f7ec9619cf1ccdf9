"""`bistand cases`: the cases on this machine, newest change first."""

import argparse

from app.cli.common import add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.domain.reference import reference
from app.flows.list_cases import CaseRow, list_cases


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but the common ones."""
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print a line a case."""
    with open_party(ephemeral=options.ephemeral) as party:
        rows = list_cases(party)
    show(options, [_facts(row) for row in rows], "\n".join(map(_line, rows)) or "No cases on this machine yet.")
    return 0


def _facts(row: CaseRow) -> dict[str, object]:
    return {
        "case": str(row.id),
        "reference": reference(row.id),
        "status": row.status.value,
        "title": row.title,
        "customer": row.customer,
        "technician": row.technician,
        "waiting": row.waiting,
        "pending": row.pending,
        "changed": row.changed_at.isoformat(),
    }


def _line(row: CaseRow) -> str:
    waits = "  waits for a technician" if row.waiting else ""
    pending = f"  {row.pending} to send" if row.pending else ""
    who = plain(row.technician or "nobody")
    title = plain(row.title)
    when = clock_time(row.changed_at)
    return f"{reference(row.id)}  {when}  {row.status.value:<24} {who:<12} {title}{waits}{pending}"
