"""`bistand receipt CASE`: write the customer's receipt of a case."""

import argparse
from pathlib import Path

from app.cli.common import add_case, add_identity, show
from app.cli.identity import open_party
from app.domain.reference import reference
from app.flows.list_cases import named_case
from app.flows.receipt import save_receipt


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and where to."""
    add_case(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to (default: receipt-REFERENCE.html here)")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Write it."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        path = options.out or Path(f"receipt-{reference(case_id)}.html")
        save_receipt(party, case_id, path)
    show(options, {"case": str(case_id), "receipt": str(path)}, f"Written: {path}")
    return 0
