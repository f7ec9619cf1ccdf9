"""`bistand fix CASE TEXT --owner NAME --by DAY`: plan what solves it for good; with `--done`, it is in place."""

import argparse
from datetime import date

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.errors import UsageError
from app.flows.list_cases import named_case
from app.flows.recognise import finish_fix, plan_fix


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what, who and until when."""
    add_case(parser)
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", default="", help="what solves it for good; the customer reads it"
    )
    parser.add_argument("--owner", metavar="NAME", default="", help="who sees to it")
    parser.add_argument("--by", metavar="DAY", help="until when, as 2026-12-24")
    parser.add_argument("--done", action="store_true", help="the newest planned fix is in place")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Plan it, or tell that it is in place."""
    if options.done and (options.owner or options.by):
        raise UsageError("With --done there is a TEXT at most: the owner and the day stand in the plan.")
    if not options.done and not options.by:
        raise UsageError("Say until when: --by 2026-12-24.")
    due = None if options.done else _day(options.by)
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        if due is None:
            return show_written(options, party, finish_fix(party, case_id, options.text), "It is in place.")
        event = plan_fix(party, case_id, options.text, options.owner, due)
        return show_written(options, party, event, "Planned.", owner=options.owner, due=due.isoformat())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"“{text[:30]}” is no day. Write it like 2026-12-24.") from error
