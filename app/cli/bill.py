"""`bistand bill --month M --customer NAME`: what a customer's month costs, each line with the rule that made it."""

import argparse

from app.cli.common import add_identity, plain, show
from app.cli.identity import open_party
from app.cli.shared import shared_facts, shared_line
from app.domain.charge import Line
from app.domain.events import Relation
from app.domain.money import Money
from app.domain.reference import reference
from app.flows.bill import Bill, month_bill
from app.flows.customers import named_customer
from app.flows.money_text import minutes, money
from app.flows.timesheet import parse_month


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which month, whose."""
    parser.add_argument("--month", metavar="M", required=True, help="2026-11")
    parser.add_argument("--customer", metavar="NAME", required=True, help="the customer's name or id")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Reckon it from the work on this machine, and print it."""
    year, month = parse_month(options.month)
    with open_party(ephemeral=options.ephemeral) as party:
        bill = month_bill(party, named_customer(party, options.customer), year, month)
    show(options, _facts(bill), plain("\n".join(_lines(bill))))
    return 0


def _facts(bill: Bill) -> dict[str, object]:
    """Times are microseconds, amounts minor units."""
    return {
        "customer": str(bill.customer.id),
        "name": bill.customer.name,
        "month": f"{bill.year}-{bill.month:02}",
        "currency": bill.currency,
        "lines": [
            {
                "day": line.day.isoformat(), "case": str(line.case), "reference": reference(line.case),
                "kind": line.kind.value, "rule": line.rule.value, "worked": line.worked, "charged": line.charged,
                "rate": line.rate, "percent": line.percent, "amount": line.amount, "value": line.value,
            }
            for line in bill.lines
        ],
        "total": bill.total.amount,
        "goodwill": bill.goodwill.amount,
        "overlaps": [shared_facts(each) for each in bill.shared],
        "unpriced": [{"work": str(piece.id), "case": str(piece.case)} for piece in bill.unpriced],
    }  # fmt: skip


def _lines(bill: Bill) -> list[str]:
    lines = [f"{bill.customer.name}, {bill.year}-{bill.month:02}"]
    lines += [_line(line, bill.currency) for line in bill.lines] or ["Nothing was done."]
    lines.append(f"Total {money(bill.total)}")
    if bill.goodwill.amount:
        lines.append(f"Favours, not charged: worth {money(bill.goodwill)}")
    if bill.customer.relation is Relation.IN_HOUSE:
        lines.append("In-house: for your own accounts, nobody is sent a bill.")
    if bill.unpriced:
        lines.append(f"NOT ON THE BILL: {len(bill.unpriced)} pieces of work, for which no agreement held.")
    lines += [shared_line(each) for each in bill.shared]
    return lines


def _line(line: Line, currency: str) -> str:
    amount = money(Money(amount=line.amount, currency=currency))
    rate = money(Money(amount=line.rate * line.percent // 100, currency=currency))
    value = f"  worth {money(Money(amount=line.value, currency=currency))}" if line.value else ""
    return (
        f"{line.day}  {reference(line.case)}  {line.rule.value:<25} worked {minutes(line.worked):>8}  "
        f"charged {minutes(line.charged):>8}  at {rate:>14}  {amount:>14}{value}"
    )
