"""`bistand whose CASE [PLACE] --because TEXT`: where the problem lies, and so whose it is, with what shows it.

It comes before money: `bistand cover` goes by it.
"""

import argparse

from app.cli.common import add_case, add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.errors import UsageError
from app.domain.events import Certainty, Place
from app.domain.place import Placed
from app.flows.list_cases import named_case
from app.flows.place_problem import place_problem
from app.flows.sentences_of_talk import place_words
from app.flows.show_case import CaseView, show_case

_PLACES = {each.name.lower().replace("_", "-"): each for each in Place}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, where it lies, what shows it, and how sure that is."""
    add_case(parser)
    parser.add_argument("place", choices=list(_PLACES), nargs="?", help="where it lies; none tells what is known")
    parser.add_argument("--because", metavar="TEXT", default="", help="what shows it; the customer reads it")
    parser.add_argument("--name", default="", help="which vendor, or who their IT person is")
    parser.add_argument(
        "--certainty", choices=[each.value for each in Certainty], default="assumed", help="how sure (default: assumed)"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Tell it; without a place, print what was found and what the computer's findings speak for."""
    if options.place is None and (options.because or options.name):
        raise UsageError(f"Say where it lies: {', '.join(_PLACES)}.")
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        if options.place is None:
            view = show_case(party, case_id)
            facts = {"case": str(case_id), "places": [_facts(each) for each in view.case.places]}
            show(options, facts | {"suggestion": facts_of_suggestion(view)}, "\n".join(_lines(view)))
            return 0
        place, certainty = _PLACES[options.place], Certainty(options.certainty)
        event = place_problem(party, case_id, place, options.because, certainty, options.name)
        return show_written(options, party, event, "Told.", place=place.value)


def facts_of_suggestion(view: CaseView) -> dict[str, object]:
    """What the findings speak for, and which of them, for scripts."""
    suggestion = view.suggestion
    return {
        "place": suggestion.place.value,
        "certainty": suggestion.certainty.value,
        "sentence": suggestion.sentence,
        "because": [finding.check for finding in suggestion.because],
    }


def _facts(placed: Placed) -> dict[str, object]:
    return {
        "place": placed.place.value, "name": placed.name, "evidence": placed.evidence,
        "certainty": placed.certainty.value, "responsibility": placed.responsibility.value,
        "who": placed.author.name, "at": placed.at.isoformat(),
    }  # fmt: skip


def _lines(view: CaseView) -> list[str]:
    told = [_line(each) for each in view.case.places] or ["Nobody has said yet where it lies."]
    return [*told, f"The computer's findings: {plain(view.suggestion.sentence)}"]


def _line(placed: Placed) -> str:
    where = f"{place_words(placed.place, placed.name)} ({placed.certainty.value}): {placed.evidence}"
    return f"{clock_time(placed.at)}  {plain(placed.author.name)}: {plain(where)}"
