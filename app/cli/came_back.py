"""`bistand came-back CASE [EARLIER]`: which earlier cases it may be again, or that it is this one.

Work on a case that came back is rework, unless somebody says otherwise.
"""

import argparse

from app.cli.common import add_case, add_identity, plain, show
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.recurrence import CameBack
from app.domain.reference import reference
from app.flows.list_cases import named_case
from app.flows.party import Party
from app.flows.recognise import link_to_earlier, perhaps_back
from app.flows.show_case import case_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, and which earlier one it is again."""
    add_case(parser)
    parser.add_argument("earlier", metavar="EARLIER", nargs="?", help="the earlier case; none lists what it may be")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Propose, or link."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        if options.earlier is None:
            found = perhaps_back(party, case_of(party, case_id))
            text = "\n".join(_line(party, one) for one in found) or "No earlier case on this machine is like it."
            show(options, {"case": str(case_id), "perhaps": [facts_of(one) for one in found]}, text)
            return 0
        earlier = named_case(party, options.earlier)
        event = link_to_earlier(party, case_id, earlier)
        text = "Linked. Work on it is rework from now on. What would keep it from coming back? bistand fix"
        return show_written(options, party, event, text, earlier=str(earlier))


def facts_of(back: CameBack) -> dict[str, object]:
    """An earlier case for scripts."""
    return {"earlier": str(back.earlier), "likeness": round(back.likeness, 2), "days": back.days}


def _line(party: Party, back: CameBack) -> str:
    title = plain(case_of(party, back.earlier).title)
    return f"{reference(back.earlier)}  {back.likeness:4.0%} alike, quiet for {back.days} days  {title}"
