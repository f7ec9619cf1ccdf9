"""`bistand ask CASE TEXT [--of NAME]`: ask a colleague about a case. The customer does not read it."""

import argparse

from app.cli.common import add_case, add_identity
from app.cli.written import show_written
from app.domain.reference import reference
from app.flows.ask_colleague import ask_colleague
from app.flows.list_cases import named_case
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what, and whom."""
    add_case(parser)
    parser.add_argument("text", metavar="TEXT", help="the question")
    parser.add_argument("--of", metavar="NAME", default="", help="the colleague; without one, whoever knows")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Ask."""
    with open_party(ephemeral=options.ephemeral) as party:
        event = ask_colleague(party, named_case(party, options.case), options.text, options.of)
        name = reference(event.id)
        text = f"Asked. It is answered with: bistand answer CASE TEXT --certainty C --question {name}."
        return show_written(options, party, event, text, name=name)
