"""`bistand work CASE --from MOMENT --to MOMENT --kind K`: record time worked on a case."""

import argparse

from app.cli.common import add_case, add_identity, parse_moment
from app.cli.written import show_written
from app.domain.events import WorkKind
from app.flows.list_cases import named_case
from app.flows.recognise import usual_work
from app.flows.record_work import correct_work, record_work
from app.flows.sentences import duration
from app.flows.show_case import case_of
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, when, and what it is to the agreement."""
    add_case(parser)
    parser.add_argument("--from", dest="start", metavar="MOMENT", required=True, help="14:05, or a date and time")
    parser.add_argument("--to", dest="end", metavar="MOMENT", required=True, help="14:20, a date and time, or now")
    parser.add_argument(
        "--kind",
        choices=[kind.value for kind in WorkKind],
        help="what it is to the agreement; else rework where the case came back, and covered where it did not",
    )
    parser.add_argument("--text", help="what was done")
    parser.add_argument(
        "--corrects", metavar="ID", help="it is this piece of work, as it really was; what is not given stays"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Record it, to the second."""
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        now = party.clock.now()
        start, end = parse_moment(options.start, now), parse_moment(options.end, now)
        given = WorkKind(options.kind) if options.kind else None
        if options.corrects is not None:
            event, kind = correct_work(party, case_id, options.corrects, start, end, given, options.text)
        else:
            kind = given or usual_work(case_of(party, case_id))
            event = record_work(party, case_id, start, end, kind, options.text or "")
        seconds = (end - start).total_seconds()
        again = [str(one) for one in case_of(party, case_id).earlier] if kind is WorkKind.REWORK else []
        text = f"Recorded {duration(seconds)}, {kind.value}."
        return show_written(options, party, event, text, seconds=seconds, kind=kind.value, earlier=again)
