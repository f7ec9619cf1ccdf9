"""`bistand handover`: offer a case to a colleague, accept one, decline one; without a case, what is offered to you.

bistand handover CASE NAME --tried TEXT --assumed TEXT --next TEXT    offer it, or --draft to keep the text for now
bistand handover CASE --accept
bistand handover CASE --decline REASON
bistand handover CASE --withdraw
"""

import argparse

from app.cli.common import add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.errors import UsageError
from app.domain.reference import reference
from app.flows.hand_over import (
    Draft,
    Offered,
    accept_handover,
    decline_handover,
    draft_of,
    keep_draft,
    offer_handover,
    offers_to_me,
    withdraw_handover,
)
from app.flows.list_cases import named_case
from app.flows.party import Party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, to whom, and what they need to know; or an answer."""
    parser.add_argument("case", metavar="CASE", nargs="?", help="the case's id or short name; none lists your offers")
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="the colleague, as the shop knows them")
    parser.add_argument("--tried", metavar="TEXT", default="", help="what was tried already")
    parser.add_argument("--assumed", metavar="TEXT", default="", help="what is assumed, and not verified")
    parser.add_argument("--next", metavar="TEXT", default="", help="what you would do next")
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument("--draft", action="store_true", help="keep what is written so far on this machine; offer later")
    answer.add_argument("--accept", action="store_true", help="take the case over")
    answer.add_argument("--decline", metavar="REASON", help="do not take it, and say why")
    answer.add_argument("--withdraw", action="store_true", help="keep the case after all")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Do what the arguments say."""
    draft = Draft(to=options.name, tried=options.tried, assumed=options.assumed, next=options.next)
    if _answers(options) and draft != Draft():
        raise UsageError("An answer stands by itself: CASE, and one of --accept, --decline REASON and --withdraw.")
    with open_party(ephemeral=options.ephemeral) as party:
        if options.case is None:
            return _list(options, party)
        return _one(options, party, draft)


def _one(options: argparse.Namespace, party: Party, draft: Draft) -> int:
    case_id = named_case(party, options.case)
    if options.draft:
        kept = keep_draft(party, case_id, draft)
        facts = {"case": str(case_id), "draft": kept.model_dump()}
        show(options, facts, "Kept on this machine. Without --draft it is offered, with what is kept.")
        return 0
    if options.accept:
        return show_written(options, party, accept_handover(party, case_id), "The case is yours now.")
    if options.decline is not None:
        event = decline_handover(party, case_id, options.decline)
        return show_written(options, party, event, "Declined. Your colleague keeps the case, and reads why.")
    if options.withdraw:
        return show_written(options, party, withdraw_handover(party, case_id), "Withdrawn. You keep the case.")
    name = draft.to or draft_of(party, case_id).to
    event = offer_handover(party, case_id, draft)
    text = f"Offered to {plain(name)}. The case stays yours until they accept it."
    return show_written(options, party, event, text, to=name)


def _answers(options: argparse.Namespace) -> bool:
    return options.accept or options.decline is not None or options.withdraw


def _list(options: argparse.Namespace, party: Party) -> int:
    if _answers(options) or options.draft:
        raise UsageError("Say which case: bistand handover CASE …")
    found = offers_to_me(party)
    show(options, [_facts(one) for one in found], "\n".join(map(_lines, found)) or "No handover waits for your answer.")
    return 0


def _facts(one: Offered) -> dict[str, object]:
    offer = one.handover
    return {
        "case": str(one.case.id),
        "reference": reference(one.case.id),
        "title": one.case.title,
        "from": offer.author.name,
        "at": offer.at.isoformat(),
        "tried": offer.tried,
        "assumed": offer.assumed,
        "next": offer.next,
    }


def _lines(one: Offered) -> str:
    offer = one.handover
    head = f"{reference(one.case.id)}  {clock_time(offer.at)}  {plain(offer.author.name)}: {plain(one.case.title)}"
    rows = (("tried", offer.tried), ("assumed", offer.assumed), ("next", offer.next))
    return "\n".join([head, *(f"    {name}: {plain(text)}" for name, text in rows if text)])
