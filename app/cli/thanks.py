"""`bistand thanks [--all]`: what customers said when it was fixed, to you or to everybody. Works offline."""

import argparse

from app.cli.common import add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.domain.reference import reference
from app.flows.respect import Thanks, list_thanks


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose."""
    parser.add_argument("--all", action="store_true", help="colleagues' too")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print them, the newest first."""
    with open_party(ephemeral=options.ephemeral) as party:
        found = list_thanks(party, everybody=options.all)
    show(options, [_facts(one) for one in found], "\n".join(map(_line, found)) or "None on this machine yet.")
    return 0


def _facts(one: Thanks) -> dict[str, object]:
    return {
        "case": str(one.case_id),
        "reference": reference(one.case_id),
        "title": one.title,
        "at": one.at.isoformat(),
        "customer": one.customer,
        "text": one.text,
        "for": list(one.helpers),
    }


def _line(one: Thanks) -> str:
    to = ", ".join(map(plain, one.helpers))
    return f"{clock_time(one.at)}  {plain(one.customer)} to {to}: {plain(one.text)}  ({reference(one.case_id)})"
