"""`bistand history QUERY`: search cases, notes and terminal output, with no network."""

import argparse
import time

from app.cli.common import add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.domain.reference import reference
from app.flows.search_history import Hit, is_of_case, search_history


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to look for."""
    parser.add_argument("query", metavar="QUERY", nargs="+", help="words; the last one may be the start of a word")
    parser.add_argument("--limit", type=int, default=20, help="at most so many (default 20)")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Print a line a hit, best first."""
    with open_party(ephemeral=options.ephemeral) as party:
        began = time.perf_counter()
        hits = search_history(party, " ".join(options.query), max(1, min(options.limit, 1000)))
        milliseconds = (time.perf_counter() - began) * 1000
    facts = {"found": len(hits), "search_ms": round(milliseconds, 2), "hits": [_facts(hit) for hit in hits]}
    show(options, facts, "\n".join(map(_line, hits)) or "Nothing found on this machine.")
    return 0


def _facts(hit: Hit) -> dict[str, object]:
    of_case = is_of_case(hit)
    return {
        "case": str(hit.case_id) if of_case else None,
        "reference": reference(hit.case_id) if of_case else None,
        "customer": str(hit.case_id) if hit.where == "customer" else None,
        "article": str(hit.case_id) if hit.where == "article" else None,
        "title": hit.title,
        "where": hit.where,
        "at": hit.at.isoformat(),
        "author": hit.author,
        "snippet": hit.snippet,
        "session": str(hit.session) if hit.session else None,
    }


def _line(hit: Hit) -> str:
    session = f"  (session {hit.session})" if hit.session else ""
    snippet = plain(hit.snippet).replace("\n", " ")
    name = reference(hit.case_id) if is_of_case(hit) else hit.where
    return f"{name}  {clock_time(hit.at)}  {plain(hit.title)}: {hit.where}: {snippet}{session}"
