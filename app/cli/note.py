"""`bistand note CASE TEXT --certainty C [--customer]`: write a note on a case."""

import argparse

from app.cli.common import add_case, add_identity, show
from app.domain.events import Audience, Certainty
from app.flows.list_cases import named_case
from app.flows.synchronise import is_pending
from app.flows.write_note import write_note
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what, how sure, and for whom."""
    add_case(parser)
    parser.add_argument("text", metavar="TEXT", help="what is worth knowing")
    parser.add_argument("--certainty", choices=[c.value for c in Certainty], required=True, help="how sure you are")
    parser.add_argument("--customer", action="store_true", help="the customer may read it too")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Write it: kept at once, sent when the service answers."""
    audience = Audience.CUSTOMER if options.customer else Audience.INTERNAL
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        event = write_note(party, case_id, options.text, Certainty(options.certainty), audience)
        pending = is_pending(party, event)
    facts = {"case": str(case_id), "event": str(event.id), "pending": pending}
    show(options, facts, "Noted." + (" It is kept here and sent with the next sync." if pending else ""))
    return 0
