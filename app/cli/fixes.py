"""`bistand fixes [--owner NAME] [--done]`: the permanent fixes that were planned, over all cases; offline."""

import argparse

from app.cli.common import add_identity, plain, show
from app.cli.identity import open_party
from app.domain.reference import reference
from app.flows.planned_fixes import PlannedFix, planned_fixes


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose, and which."""
    parser.add_argument("--owner", metavar="NAME", default="", help="what this person sees to alone")
    parser.add_argument("--done", action="store_true", help="what is in place, and not what is still to come")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print a line a fix, the day that comes first at the top."""
    with open_party(ephemeral=options.ephemeral) as party:
        found = planned_fixes(party, options.owner, done=options.done)
    show(options, [_facts(one) for one in found], "\n".join(map(_line, found)) or "No such fix is planned here.")
    return 0


def _facts(one: PlannedFix) -> dict[str, object]:
    done = one.fix.done_at
    return {
        "case": str(one.case_id), "reference": reference(one.case_id), "title": one.title, "customer": one.customer,
        "fix": str(one.fix.id), "text": one.fix.text, "owner": one.fix.owner, "due": one.fix.due.isoformat(),
        "late": one.is_late, "done_at": done.isoformat() if done else None,
    }  # fmt: skip


def _line(one: PlannedFix) -> str:
    state = "  LATE" if one.is_late else "  in place" if one.fix.done_at else ""
    what = plain(f"{one.fix.owner}: {one.fix.text} ({one.customer}, {one.title})")
    return f"{one.fix.due}  {reference(one.case_id)}  {what}{state}"
