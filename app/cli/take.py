"""`bistand take CASE`: make a case yours."""

import argparse

from app.cli.common import add_case, add_identity, show
from app.flows.list_cases import named_case
from app.flows.take_case import take_case
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case."""
    add_case(parser)
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Take it."""
    with open_party(ephemeral=options.ephemeral) as party:
        case = take_case(party, named_case(party, options.case))
    show(options, {"case": str(case.id), "status": case.status.value}, f"{case.title}: yours now.")
    return 0
