"""`bistand cover CASE --topic T --responsibility R --minutes N`: what the agreement says, before work starts."""

import argparse

from app.cli.common import add_case, add_identity, parse_moment, plain, show
from app.cli.identity import open_party
from app.domain.errors import UsageError
from app.domain.events import CoverageDecided, Outcome, Responsibility
from app.flows.cover import cover
from app.flows.list_cases import named_case
from app.flows.synchronise import is_pending

_RESPONSIBLE = {each.name.lower().replace("_", "-"): each for each in Responsibility}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, about what, whose problem it is, and how long it will take."""
    add_case(parser)
    parser.add_argument("--topic", required=True, help="what it is about, as the agreement calls it: printer, mail")
    parser.add_argument(
        "--responsibility", choices=list(_RESPONSIBLE), help="whose problem it is (default: as `bistand whose` tells)"
    )
    parser.add_argument("--minutes", type=int, required=True, help="how long it will probably take")
    parser.add_argument(
        "--at", metavar="MOMENT", help="when it will start, where that is not now: 20:00, or with a date"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Find it out, keep it on the case, and print the sentence for the customer."""
    if not 1 <= options.minutes <= 10_000:
        raise UsageError("Say between 1 and 10000 minutes.")
    if not options.topic.strip() or len(options.topic) > 60:
        raise UsageError("A topic has between 1 and 60 letters.")
    with open_party(ephemeral=options.ephemeral) as party:
        case_id = named_case(party, options.case)
        whose = _RESPONSIBLE[options.responsibility] if options.responsibility else None
        now = party.clock.now()
        at = parse_moment(options.at, now) if options.at else None
        if at is not None and at < now:
            raise UsageError("What it costs is told before the work: name a moment that is still to come.")
        event = cover(party, case_id, options.topic, whose, options.minutes, at)
        pending = is_pending(party, event)
    told = event.body
    assert isinstance(told, CoverageDecided)  # noqa: S101 - that is what was written
    needs = told.outcome is Outcome.SPECIAL
    facts = {
        "case": str(case_id), "decision": str(event.id), "outcome": told.outcome.value, "reason": told.reason.value,
        "kind": told.work.value if told.work else None, "rate": told.rate, "likely": told.likely.model_dump(),
        "sentence": told.sentence, "needs_acceptance": needs, "pending": pending,
    }  # fmt: skip
    asks = "\nThe customer has to accept this first, in their own Bistand: bistand price CASE --accept" if needs else ""
    show(options, facts, f"{plain(told.sentence)}{asks}")
    return 0
