"""`bistand report CASE|--customer NAME --month M --agreement FILE`: what was done for a customer, for them to read."""

import argparse
from pathlib import Path

from app.cli.common import add_identity, show
from app.cli.identity import open_party
from app.domain.errors import UsageError
from app.flows.agreed_terms import agreed_with, chosen_terms
from app.flows.party import Party
from app.flows.report_file import save_report
from app.flows.timesheet import parse_month
from app.flows.work_report import Scope, WorkReport, scope_of_case, scope_of_customer, work_report
from app.system.translations import LANGUAGES, language


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of what, under which agreement, in which language, and where to."""
    parser.add_argument("case", metavar="CASE", nargs="?", help="the work on this case alone")
    parser.add_argument(
        "--customer",
        metavar="NAME",
        help="all work for this customer in the month: the name on its card, or a person's",
    )
    parser.add_argument("--month", metavar="YYYY-MM", help="the month, by the agreement's clock")
    parser.add_argument(
        "--agreement", metavar="FILE", type=Path, help="an agreement's file (TOML), in place of the customer's own"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to: a name with .html or .pdf")
    parser.add_argument("--language", choices=LANGUAGES, help="the customer's (default: this computer's)")
    parser.add_argument("--in-house", action="store_true", help="for one's own house: money is not mentioned")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Write it."""
    with open_party(ephemeral=options.ephemeral) as party:
        scope = _scope(party, options)
        now = party.clock.now()
        at = min(now, scope.end) if scope.end else now
        terms = chosen_terms(party, scope.card, scope.customer, at, options.agreement)
        agreed = agreed_with(scope.card, terms, in_house=options.in_house)
        today = now.astimezone().date()
        report = work_report(party.settings.provider_name or "", scope, agreed, today)
    save_report(report, options.out, options.language or language())
    show(options, _facts(report, options.out), f"Written: {options.out}")
    return 0


def _scope(party: Party, options: argparse.Namespace) -> Scope:
    month = parse_month(options.month) if options.month else None
    if (options.case is None) == (options.customer is None):
        raise UsageError("Name a case, or a customer with --customer NAME.")
    if options.case is not None:
        return scope_of_case(party, options.case, month)
    if month is None:
        raise UsageError("A customer's report is of a month: --month YYYY-MM.")
    return scope_of_customer(party, options.customer, month)


def _facts(report: WorkReport, path: Path) -> dict[str, object]:
    lines = [
        {
            "day": line.charged.day.isoformat(),
            "case": str(line.charged.case),
            "kind": line.charged.kind.value,
            "rule": line.charged.rule.value,
            "worked_seconds": line.charged.worked / 1_000_000,
            "charged_seconds": line.charged.charged / 1_000_000,
            "amount": line.charged.amount,
            "value": line.charged.value,
        }
        for line in report.lines
    ]
    return {
        "report": str(path),
        "customer": report.customer,
        "currency": report.currency,
        "total": report.total,
        "goodwill": report.goodwill,
        "lines": lines,
    }
