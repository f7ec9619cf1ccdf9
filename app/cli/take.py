"""`bistand take CASE`: make a case yours."""

import argparse

from app.cli.common import add_case, add_identity, plain, show
from app.cli.identity import open_party
from app.domain.reference import reference
from app.flows.list_cases import named_case
from app.flows.recognise import perhaps_back
from app.flows.take_case import take_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case."""
    add_case(parser)
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Take it, and say which earlier case it may be again."""
    with open_party(ephemeral=options.ephemeral) as party:
        case = take_case(party, named_case(party, options.case))
        perhaps = perhaps_back(party, case)
    facts = {"case": str(case.id), "status": case.status.value, "perhaps_back": [str(one.earlier) for one in perhaps]}
    lines = [f"{plain(case.title)}: yours now."]
    lines += [f"Perhaps it is {reference(one.earlier)} again: `bistand came-back` tells more." for one in perhaps]
    show(options, facts, "\n".join(lines))
    return 0
