"""`bistand case CASE [--agreement FILE]`: a case with its whole story."""

import argparse
from pathlib import Path

from app.cli import case_talk
from app.cli.common import add_case, add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.cli.whose import facts_of_suggestion
from app.domain.agreement import Terms
from app.flows.article_text import suggestion_facts, suggestion_lines
from app.flows.articles import articles_for, helped_on
from app.flows.customer_text import brief_lines, card_facts
from app.flows.list_cases import named_case
from app.flows.show_case import CaseView, Entry, show_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and under which terms."""
    add_case(parser)
    parser.add_argument(
        "--agreement",
        metavar="FILE",
        type=Path,
        help="to reckon by, in place of the customer's own",
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print the case and its timeline."""
    terms = _terms(options.agreement) if options.agreement else None
    with open_party(ephemeral=options.ephemeral) as party:
        view = show_case(party, named_case(party, options.case), terms)
        fitting = articles_for(party, view.case)
        helped = helped_on(party, view.case.id)
    facts = {"articles": suggestion_facts(fitting), "articles_that_helped": [str(log.id) for log in helped]}
    lines = ["", "Articles that may help:", *map(plain, suggestion_lines(fitting))] if fitting else []
    lines += [f"The article “{plain(log.title)}” helped here." for log in helped]
    show(options, _facts(view) | facts, "\n".join([_text(view), *lines]))
    return 0


def _terms(path: Path) -> Terms:
    from app.flows.agreement_file import read_agreement  # it knows all currencies, which takes a while to load

    return read_agreement(path)


def _facts(view: CaseView) -> dict[str, object]:
    case = view.case
    return {
        "case": str(case.id),
        "reference": view.reference,
        "status": case.status.value,
        "title": case.title,
        "about": case.about,
        "customer": case.customer.name if case.customer else None,
        "technician": case.technician.name if case.technician else None,
        "machine": case.machine,
        "suggestion": facts_of_suggestion(view),
        "findings": [finding.model_dump(mode="json") for finding in case.findings],
        "sessions": [str(session.id) for session in case.sessions],
        "seconds_worked": case.seconds_worked,
        **case_talk.facts(view),
        "customer_card": card_facts(view.customer) if view.customer else None,
        "timeline": [_entry_facts(entry) for entry in view.timeline],
    }


def _entry_facts(entry: Entry) -> dict[str, object]:
    return {
        "event": str(entry.id),
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "text": entry.sentence,
        "certainty": entry.certainty,
        "audience": entry.audience,
        "session": str(entry.session) if entry.session else None,
        "pending": entry.pending,
        "refused": entry.refused,
        "builds_on": [str(one) for one in entry.builds_on],
    }


def _text(view: CaseView) -> str:
    case = view.case
    technician = case.technician.name if case.technician else "nobody yet"
    customer = case.customer.name if case.customer else "?"
    head = [
        f"{view.reference}  {plain(case.title)}",
        f"{case.status.value} · customer {plain(customer)} · technician {plain(technician)} · {plain(case.machine)}",
        plain(view.suggestion.sentence),
        *map(plain, case_talk.lines(view)),
        *map(plain, brief_lines(view.customer) if view.customer else ()),
        "",
    ]
    return "\n".join(head + [_line(entry) for entry in view.timeline])


def _line(entry: Entry) -> str:
    marks = [entry.certainty.value if entry.certainty else "", "to send" if entry.pending else ""]
    marks.append("built on what is not verified" if entry.builds_on else "")
    marks.append(f"REFUSED: {plain(entry.refused)}" if entry.refused else "")
    tail = "".join(f"  [{mark}]" for mark in marks if mark)
    session = f"  (session {entry.session})" if entry.session else ""
    return f"{clock_time(entry.at)}  {plain(entry.who)}: {plain(entry.sentence)}{tail}{session}"
