"""`bistand price CASE [--accept | --decline [TEXT]]`: the customer reads what work would cost, and answers."""

import argparse

from app.cli.common import add_case, add_identity, plain, show, typed
from app.cli.identity import open_party
from app.flows.cover import answer, waiting_price
from app.flows.list_cases import named_case
from app.flows.synchronise import send_now


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and the answer; nothing: only read."""
    add_case(parser)
    says = parser.add_mutually_exclusive_group()
    says.add_argument("--accept", action="store_true", help="yes: the work may be done at this price")
    says.add_argument("--decline", metavar="TEXT", nargs="?", const="", help="no; with a word why, if you like")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Fetch what is new, tell the price that waits, and take the answer."""
    answers = options.accept or options.decline is not None
    with open_party(ephemeral=options.ephemeral) as party, typed():
        send_now(party)
        case_id = named_case(party, options.case)
        case = party.store.case(case_id)
        if answers:
            case = answer(party, case_id, accepts=options.accept, text=options.decline or "")
        waits = waiting_price(case)
    newest = case.prices[-1] if case.prices else None
    facts = {
        "case": str(case_id),
        "waits": waits is not None,
        "decision": str(newest.id) if newest else None,
        "sentence": newest.told.sentence if newest else None,
        "likely": newest.told.likely.model_dump() if newest else None,
        "accepted": newest.accepted if newest else None,
    }
    if answers:
        text = "Accepted. Your technician reads it." if options.accept else "Declined. Your technician reads it."
    elif waits is not None:
        text = (
            f"{plain(waits.told.sentence)}\nAnswer with --accept or --decline; until then it is not done at this price."
        )
    else:
        text = plain(newest.told.sentence) if newest else "No price was told on this case."
    show(options, facts, text)
    return 0
