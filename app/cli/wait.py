"""`bistand wait CASE customer|vendor|colleague REASON`: let a case wait for somebody. The customer reads the reason."""

import argparse

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.events import Awaited
from app.flows.list_cases import named_case
from app.flows.show_case import case_of
from app.flows.wait import wait_for


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, whom it waits for, and what for."""
    add_case(parser)
    parser.add_argument("awaited", choices=[one.value for one in Awaited], help="who has to do something first")
    parser.add_argument("reason", metavar="REASON", help="what it waits for; the customer reads it")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Let it wait."""
    awaited = Awaited(options.awaited)
    with open_party(ephemeral=options.ephemeral) as party:
        event = wait_for(party, named_case(party, options.case), awaited, options.reason)
        status = case_of(party, event.stream_id).status.value
        text = "It waits. `bistand resume` goes on with it"
        text += ", and so does the customer's answer." if awaited is Awaited.CUSTOMER else "."
        return show_written(options, party, event, text, status=status)
