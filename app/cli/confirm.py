"""`bistand confirm CASE`: the customer says whether it is fixed: yes, no, or not sure. Nobody else closes a case."""

import argparse

from app.cli.common import add_case, add_identity, show
from app.cli.identity import open_party
from app.flows.confirm_solution import confirm_solved, say_not_fixed, say_unsure
from app.flows.list_cases import named_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and what the customer says."""
    add_case(parser)
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument("--thanks", metavar="TEXT", default="", help="it is fixed, and a word of thanks")
    answer.add_argument("--not-fixed", metavar="TEXT", help="it is not fixed: what is still wrong")
    answer.add_argument("--unsure", metavar="TEXT", help="you cannot tell yet; the case stays as it is")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Say it."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        if options.not_fixed is not None:
            case, text = say_not_fixed(party, case_id, options.not_fixed), "Thank you. The case goes on."
        elif options.unsure is not None:
            case, text = say_unsure(party, case_id, options.unsure), "That is fine. Say so once you know."
        else:
            case, text = confirm_solved(party, case_id, options.thanks), "Good to hear. The case is closed."
    show(options, {"case": str(case.id), "status": case.status.value}, text)
    return 0
