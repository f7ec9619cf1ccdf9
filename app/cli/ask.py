"""`bistand ask CASE TEXT [--of NAME]`: ask a colleague about a case. Without a case, what colleagues ask you."""

import argparse

from app.cli.common import add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.reference import reference
from app.flows.ask_colleague import Asked, ask_colleague, open_questions
from app.flows.list_cases import named_case


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what, and whom."""
    parser.add_argument("case", metavar="CASE", nargs="?", help="the case's id or short name; none lists")
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help="the question, not for the customer")
    parser.add_argument("--of", metavar="NAME", default="", help="the colleague; without one, whoever knows")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Ask, or list."""
    with open_party(ephemeral=options.ephemeral) as party:
        if options.case is None:
            found = open_questions(party)
            show(options, [_facts(one) for one in found], "\n".join(map(_line, found)) or "Nobody asks you anything.")
            return 0
        event = ask_colleague(party, named_case(party, options.case), options.text, options.of)
        name = reference(event.id)
        text = f"Asked. It is answered with: bistand answer CASE TEXT --certainty C --question {name}."
        return show_written(options, party, event, text, name=name)


def _facts(one: Asked) -> dict[str, object]:
    return {
        "case": str(one.case.id),
        "reference": reference(one.case.id),
        "question": str(one.question.id),
        "name": reference(one.question.id),
        "from": one.question.author.name,
        "to": one.question.to,
        "at": one.question.at.isoformat(),
        "text": one.question.text,
    }


def _line(one: Asked) -> str:
    asked = one.question
    where = f"case {reference(one.case.id)}, question {reference(asked.id)}"
    return f"{clock_time(asked.at)}  {plain(asked.author.name)}: {plain(asked.text)}  ({where})"
