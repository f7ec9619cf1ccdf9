"""`bistand line-crossed CASE TEXT`: tell the owner, and nobody else, that somebody was treated as nobody should be.

What the shop wants done then is printed first; `--guidance` prints that alone.
"""

import argparse

from app.cli.common import add_identity, show, tell
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.errors import UsageError
from app.flows.list_cases import named_case
from app.flows.respect import guidance, report_line_crossed


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what happened, and what the owner is asked for."""
    parser.add_argument("case", metavar="CASE", nargs="?", help="the case's id, or its short name such as 7QF-2MK")
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help="what happened, as it was")
    parser.add_argument("--follow-up", metavar="TEXT", default="", help="what you ask the owner for")
    parser.add_argument("--guidance", action="store_true", help="only print what to do: calm, end, follow up")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Show the guidance, and write it."""
    with open_party(ephemeral=options.ephemeral) as party:
        what_to_do = guidance(party)
        if options.guidance:
            show(options, {"guidance": what_to_do}, what_to_do)
            return 0
        if options.case is None:
            raise UsageError("Say which case, and what happened: bistand line-crossed CASE TEXT.")
        tell(what_to_do)
        event = report_line_crossed(party, named_case(party, options.case), options.text, options.follow_up)
        text = "Written down for the owner alone, who is asked to follow it up with you."
        return show_written(options, party, event, text, guidance=what_to_do)
