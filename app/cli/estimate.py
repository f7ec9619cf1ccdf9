"""`bistand estimate CASE [--ready MOMENT] [--work SPAN] [--reason TEXT]`: tell the customer how long it will take."""

import argparse

from app.cli.common import add_case, add_identity, parse_moment, parse_span
from app.cli.identity import open_party
from app.cli.written import show_written
from app.flows.give_estimate import give_estimate
from app.flows.list_cases import named_case
from app.flows.show_case import case_of

_MOST_HOURS = 999


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, when, how much, and why that is another estimate than the last one."""
    add_case(parser)
    parser.add_argument("--ready", metavar="MOMENT", help="when it is solved: 14:05, or a date and time")
    parser.add_argument("--work", metavar="SPAN", help="how much work it is: 40m, 1h30m")
    parser.add_argument(
        "--reason", default="", help="why it changed, or why it cannot be told yet; the customer reads it"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Tell it. Neither a moment nor an amount says that it cannot be told yet."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        ready = parse_moment(options.ready, party.clock.now()) if options.ready else None
        minutes = max(1, round(parse_span(options.work, _MOST_HOURS).total_seconds() / 60)) if options.work else None
        event = give_estimate(party, case_id, ready, minutes, options.reason)
        count = len(case_of(party, case_id).estimates)
        text = "Told." if count == 1 else f"Told, with its reason. The customer still reads the {count - 1} before it."
        return show_written(options, party, event, text, estimates=count)
