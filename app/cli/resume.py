"""`bistand resume CASE [--text TEXT]`: go on with a case that waited."""

import argparse

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.flows.list_cases import named_case
from app.flows.show_case import case_of
from app.flows.wait import go_on


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and what came."""
    add_case(parser)
    parser.add_argument("--text", default="", help="what has come or changed; the customer reads it")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Go on."""
    with open_party(ephemeral=options.ephemeral) as party:
        event = go_on(party, named_case(party, options.case), options.text)
        status = case_of(party, event.stream_id).status.value
        return show_written(options, party, event, "It goes on.", status=status)
