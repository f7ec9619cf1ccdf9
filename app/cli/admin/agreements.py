"""`admin agreement import FILE`, `admin agreement list`: what the shop and its customers agreed. The owner alone."""

import argparse
from datetime import date
from pathlib import Path

from app.cli.common import Tasks, add_json, plain, show
from app.cli.serve import add_database
from app.domain.errors import UsageError
from app.flows.agreement_file import read_agreement
from app.flows.agreement_text import agreement_facts, agreement_lines
from app.wiring import owner_tasks

TASKS: tuple[str, ...] = ("agreement",)


def add_tasks(tasks: Tasks) -> None:
    """Declare them."""
    agreement = tasks.add_parser("agreement", help="write an agreement into the log, or list those that are there")
    actions = agreement.add_subparsers(dest="action", required=True, metavar="ACTION")
    imports = actions.add_parser("import", help="write an agreement, or a change of it, and give it to a customer")
    imports.add_argument("file", metavar="FILE", type=Path, help="a TOML file, as those in resources/agreements")
    imports.add_argument("--customer", metavar="NAME", help="who has it from now on, in place of an earlier one")
    imports.add_argument("--since", metavar="DAY", help="from which day; without it, from when the terms begin")
    imports.add_argument(
        "--based-on", metavar="EDITION", action="append", default=[], help="the edition that this is a change of"
    )
    listing = actions.add_parser("list", help="all agreements, and who has them")
    for action in (imports, listing):
        add_database(action)
        add_json(action)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    return _import(options) if options.action == "import" else _list(options)


def _import(options: argparse.Namespace) -> int:
    terms = read_agreement(options.file)
    tasks = owner_tasks(options.db, options.data)
    done = tasks.import_agreement(terms, options.based_on, options.customer, _day(options.since))
    facts = agreement_facts(done.agreement)
    facts |= {"changed": done.changed, "customer": str(done.customer.id) if done.customer else None}
    lines = [
        "" if done.changed else "These terms are there already; nothing was changed.",
        *agreement_lines(done.agreement),
    ]
    if done.customer:
        lines.append(f"  {done.customer.name} has it since {done.customer.agreements[-1][0]}.")
    show(options, facts, plain("\n".join(line for line in lines if line)))
    return 0


def _list(options: argparse.Namespace) -> int:
    found = owner_tasks(options.db, options.data).agreements()
    facts = [
        agreement_facts(one) | {"customers": [{"customer": str(card.id), "name": card.name} for card in cards]}
        for one, cards in found
    ]
    lines: list[str] = []
    for one, cards in found:
        lines += agreement_lines(one)
        lines.append(f"  customers: {', '.join(card.name for card in cards) or 'none yet'}")
    show(options, {"agreements": facts}, plain("\n".join(lines)) or "There is no agreement yet.")
    return 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"“{text[:20] if text else ''}” is no day. Write it like 2026-11-25.") from error
