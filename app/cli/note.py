"""`bistand note CASE TEXT --certainty C [--customer] [--corrects NOTE]`: write a note on a case."""

import argparse

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.events import Audience, Certainty
from app.flows.list_cases import named_case
from app.flows.write_note import write_note


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what, how sure, and for whom."""
    add_case(parser)
    parser.add_argument("text", metavar="TEXT", help="what is worth knowing")
    parser.add_argument("--certainty", choices=[c.value for c in Certainty], required=True, help="how sure you are")
    parser.add_argument("--customer", action="store_true", help="the customer may read it too")
    parser.add_argument("--corrects", metavar="NOTE", default="", help="the note that this one puts right, by its id")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Write it: kept at once, sent when the service answers."""
    audience = Audience.CUSTOMER if options.customer else Audience.INTERNAL
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        event = write_note(
            party, case_id, options.text, Certainty(options.certainty), audience, untrusted_corrected=options.corrects
        )
        return show_written(options, party, event, "Noted.")
