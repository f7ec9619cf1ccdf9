"""`bistand customers`: the customers of whom a card is kept."""

import argparse

from app.cli.common import add_identity, plain, show
from app.cli.identity import open_party
from app.flows.customers import list_customers


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but the common ones."""
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print a line a customer."""
    with open_party(ephemeral=options.ephemeral) as party:
        cards = list_customers(party)
    facts = [
        {"customer": str(card.id), "name": card.name, "relation": card.relation.value, "care": bool(card.care)}
        for card in cards
    ]
    lines = (f"{card.name}  ({card.relation.value}){'  TAKE CARE' if card.care else ''}" for card in cards)
    show(options, facts, plain("\n".join(lines)) or "No card of a customer is kept yet.")
    return 0
