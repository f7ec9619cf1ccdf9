"""`bistand refused`: what the service refused, why, and the two ways out: `amend` and `discard`. Works offline."""

import argparse

from app.cli.common import add_identity, clock_time, plain, show
from app.cli.identity import open_party
from app.domain.errors import UsageError
from app.domain.events import Stream
from app.domain.reference import reference
from app.flows.refused import Refused, amend_refused, discard_refused, list_refused, named_refused
from app.flows.synchronise import is_pending


def arguments(parser: argparse.ArgumentParser) -> None:
    """List, or decide about one."""
    parser.add_argument(
        "decision",
        choices=["list", "amend", "discard"],
        nargs="?",
        default="list",
        help="amend writes it anew, and keeps the refused one, marked as replaced; discard gives it up: it stays in "
        "the log, is shown no more and never sent",
    )
    parser.add_argument("event", metavar="EVENT", nargs="?", help="its id, or its short name as the list has it")
    parser.add_argument("text", metavar="TEXT", nargs="*", help="amend: the new words; without them the same are sent")
    parser.add_argument("--all", action="store_true", help="list what was written anew or discarded too")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """List what waits for a decision, or decide."""
    if options.decision == "list":
        return _list(options)
    if options.event is None:
        raise UsageError(f"Say which one to {options.decision}: `bistand refused` lists them.")
    if options.decision == "amend":
        return _amend(options)
    if options.text:
        raise UsageError("To discard takes no text. With new words: `bistand refused amend EVENT TEXT`.")
    return _discard(options)


def _list(options: argparse.Namespace) -> int:
    with open_party(ephemeral=options.ephemeral) as party:
        found = list_refused(party, settled=options.all)
    show(options, [_facts(one) for one in found], "\n".join(map(_lines, found)) or "Nothing was refused.")
    return 0


def _amend(options: argparse.Namespace) -> int:
    with open_party(ephemeral=options.ephemeral) as party:
        refused = named_refused(party, options.event)
        event = amend_refused(party, refused, " ".join(options.text) if options.text else None)
        pending = is_pending(party, event)
    facts = {"case": str(refused.case_id), "event": str(event.id), "replaces": str(refused.id), "pending": pending}
    show(options, facts, "Written anew." + (" It is kept here and sent with the next sync." if pending else ""))
    return 0


def _discard(options: argparse.Namespace) -> int:
    with open_party(ephemeral=options.ephemeral) as party:
        refused = named_refused(party, options.event)
        discard_refused(party, refused.id)
    facts = {"case": str(refused.case_id), "discarded": str(refused.id)}
    show(options, facts, "Discarded. It stays in the log of this machine, and is never sent.")
    return 0


def _facts(one: Refused) -> dict[str, object]:
    return {
        "case": str(one.case_id) if one.stream is Stream.CASE else None,
        "event": str(one.id),
        "name": one.name,
        "kind": one.body.kind,
        "at": one.at.isoformat(),
        "text": one.sentence,
        "reason": one.reason,
        "amendable": one.words is not None,
        "state": one.settlement.value,
        "replaced_by": str(one.replaced_by) if one.replaced_by else None,
    }


def _lines(one: Refused) -> str:
    ways = "amend, discard" if one.words is not None else "discard"
    state = ways if one.settlement.value == "open" else one.settlement.value
    head = f"{one.name}  {clock_time(one.at)}  {one.stream.value} {reference(one.case_id)}: {plain(one.sentence)}"
    return f"{head}\n    refused: {plain(one.reason)}  [{state}]"
