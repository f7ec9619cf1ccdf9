"""`bistand choose CASE NUMBER|--unsure`: the customer's choice among the ways that a technician offers."""

import argparse

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.errors import UsageError
from app.flows.choose import choose
from app.flows.list_cases import named_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and which way."""
    add_case(parser)
    parser.add_argument("number", metavar="NUMBER", type=int, nargs="?", help="the number that stands before the way")
    parser.add_argument("--unsure", action="store_true", help="I don't know, you choose")
    parser.add_argument("--text", default="", help="something that you want to say")
    parser.add_argument("--question", metavar="Q", default="", help="its id or short name; else the newest")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Choose, or leave it to the technician."""
    if (options.number is None) is not options.unsure:
        raise UsageError("Say the number of a way, or --unsure: “I don't know, you choose” is fine.")
    with open_party(ephemeral=options.ephemeral) as party:
        event = choose(party, named_case(party, options.case), options.number, options.text, options.question)
        text = "Thank you. Your technician reads it." if options.number else "That is fine. Your technician chooses."
        return show_written(options, party, event, text, way=options.number)
