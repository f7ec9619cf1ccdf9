"""`bistand goodwill --month M [--customer NAME]`: the favours of a month at a glance."""

import argparse

from app.cli.common import add_identity, plain, show
from app.cli.identity import open_party
from app.domain.money import Money
from app.domain.reference import reference
from app.flows.customers import named_customer
from app.flows.goodwill import Given, month_goodwill
from app.flows.money_text import minutes, money
from app.flows.timesheet import parse_month


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which month, whose."""
    parser.add_argument("--month", metavar="M", required=True, help="2026-11")
    parser.add_argument("--customer", metavar="NAME", help="this one alone")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print what was given, what it is worth, and what is left."""
    year, month = parse_month(options.month)
    with open_party(ephemeral=options.ephemeral) as party:
        card = named_customer(party, options.customer) if options.customer else None
        given = month_goodwill(party, year, month, card)
    lines = [line for each in given for line in _lines(each)]
    show(options, [_facts(each) for each in given], plain("\n".join(lines)) or "No favour was done in this month.")
    return 0


def _facts(given: Given) -> dict[str, object]:
    """Times are microseconds, values minor units."""
    book = given.ledger
    return {
        "customer": str(given.customer.id), "name": given.customer.name, "currency": book.currency,
        "favours": [
            {"day": favour.day.isoformat(), "case": str(favour.case), "worked": favour.worked, "value": favour.value,
             "reason": favour.reason}
            for favour in book.favours
        ],
        "value": book.value, "used": book.used, "allowed": book.allowed, "left": book.left,
        "has_grown": book.has_grown,
    }  # fmt: skip


def _lines(given: Given) -> list[str]:
    book = given.ledger
    lines = [f"{given.customer.name}"]
    for favour in book.favours:
        worth = money(Money(amount=favour.value, currency=book.currency))
        lines.append(
            f"  {favour.day}  {reference(favour.case)}  {minutes(favour.worked)}, worth {worth}: {favour.reason}"
        )
    worth = money(Money(amount=book.value, currency=book.currency))
    lines.append(f"  given {minutes(book.used)}, worth {worth}; left {minutes(book.left)} of {minutes(book.allowed)}")
    if book.has_grown:
        lines.append("  These small jobs have grown together: perhaps a task that is worth an agreement of its own.")
    return lines
