"""`bistand resolve CASE --text TEXT`: propose that a case is solved. The customer will be asked."""

import argparse

from app.cli.common import add_case, add_identity, show
from app.domain.events import Certainty
from app.flows.list_cases import named_case
from app.flows.propose_solution import propose_solution
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what solved it, how sure."""
    add_case(parser)
    parser.add_argument("--text", default="It should work now.", help="what solved it")
    parser.add_argument(
        "--certainty", choices=[c.value for c in Certainty], default=Certainty.VERIFIED.value, help="how sure you are"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Propose it."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        case = propose_solution(party, case_id, options.text, Certainty(options.certainty))
    facts = {"case": str(case.id), "status": case.status.value}
    show(options, facts, "Proposed. The customer is asked whether it is fixed; only they close the case.")
    return 0
