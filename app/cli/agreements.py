"""`bistand agreements`: what the shop and its customers agreed, as the owner wrote it."""

import argparse

from app.cli.common import add_identity, plain, show
from app.cli.identity import open_party
from app.flows.agreement_text import agreement_facts, agreement_lines
from app.flows.agreements import list_agreements


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but the common ones."""
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print each agreement's terms."""
    with open_party(ephemeral=options.ephemeral) as party:
        found = list_agreements(party)
    lines = [line for one in found for line in agreement_lines(one)]
    show(options, [agreement_facts(one) for one in found], plain("\n".join(lines)) or "No agreement is here yet.")
    return 0
