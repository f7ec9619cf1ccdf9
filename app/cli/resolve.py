"""`bistand resolve CASE --text TEXT`: propose that a case is solved. The customer will be asked."""

import argparse
from collections.abc import Iterator

from app.cli.common import add_case, add_identity, plain, show
from app.cli.identity import open_party
from app.domain.case import Case
from app.domain.certainty import unproven
from app.domain.events import Certainty
from app.domain.reference import reference
from app.flows.list_cases import named_case
from app.flows.propose_solution import propose_solution
from app.flows.show_case import show_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what solved it, how sure."""
    add_case(parser)
    parser.add_argument("--text", default="It should work now.", help="what solved it")
    parser.add_argument(
        "--certainty",
        choices=[c.value for c in Certainty],
        help="how sure you are; else as sure as what it is built upon: verified, or assumed",
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Propose it, and say what it is built upon that is not verified."""
    certainty = Certainty(options.certainty) if options.certainty else None
    with open_party(ephemeral=options.ephemeral) as party:
        case = propose_solution(party, named_case(party, options.case), options.text, certainty)
        proposal = next(entry for entry in reversed(show_case(party, case.id).timeline) if not entry.refused)
    facts = {
        "case": str(case.id),
        "status": case.status.value,
        "certainty": proposal.certainty,
        "builds_on": [str(one) for one in proposal.builds_on],
    }
    show(options, facts, "\n".join(_lines(case)))
    return 0


def _lines(case: Case) -> Iterator[str]:
    yield "Proposed. The customer is asked whether it is fixed; only they close the case."
    for one in unproven(case):
        yield f"It is built on something {one.certainty.value}, {reference(one.id)}: {plain(one.text)}"
