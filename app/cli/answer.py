"""`bistand answer CASE TEXT --certainty C [--question Q]`: answer what a colleague asked about a case."""

import argparse

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.events import Certainty
from app.flows.ask_colleague import answer_colleague
from app.flows.list_cases import named_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what, how sure, and to which question."""
    add_case(parser)
    parser.add_argument("text", metavar="TEXT", help="the answer; “I don't know” is one")
    parser.add_argument("--certainty", choices=[c.value for c in Certainty], required=True, help="how sure you are")
    parser.add_argument(
        "--question", metavar="Q", default="", help="its id or short name; else the newest that is open"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Answer."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        event = answer_colleague(party, case_id, options.text, Certainty(options.certainty), options.question)
        return show_written(options, party, event, "Answered.")
