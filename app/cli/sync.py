"""`bistand sync [--watch]`: send and fetch what is new."""

import argparse
import threading

from app.cli.common import add_identity, plain, show, tell
from app.cli.progress import following
from app.flows.party import Party
from app.flows.progress import Progress, amount, doing
from app.flows.refused import list_refused
from app.flows.synchronise import SyncState, start_sync, synchronise
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Once, or for as long as the command runs."""
    parser.add_argument("--watch", action="store_true", help="go on until Ctrl-C, and say what changes")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Synchronise, and say what moved and what was refused."""
    with open_party(ephemeral=options.ephemeral) as party:
        return _watch(options, party) if options.watch else _once(options, party)


def _once(options: argparse.Namespace, party: Party) -> int:
    with following() as report:
        done = synchronise(party, report)
    show(
        options,
        {"sent": done.sent, "received": done.received, "refused": done.refused},
        f"Sent {done.sent}, received {done.received}.",
    )
    for lost in list_refused(party):
        tell(f"Refused, and kept here as {lost.name}: {plain(lost.sentence)}: {plain(lost.reason)}")
        ways = f"`bistand refused amend {lost.name}` or " if lost.words is not None else ""
        tell(f"    {ways}`bistand refused discard {lost.name}`")
    return 0


def _watch(options: argparse.Namespace, party: Party) -> int:
    def on_state(state: SyncState) -> None:
        facts = {
            "online": state.online,
            "pending": state.pending,
            "refused": state.refused,
            "error": state.error,
            "trouble": state.trouble,
            "progress": _facts(state.progress) if state.progress else None,
        }
        text = f"{'online' if state.online else 'offline'}, {state.pending} to send"
        if state.progress is not None:
            told = state.progress
            text += f"; {doing(told.what)}: {amount(told.done, told.total, told.unit)}".rstrip(": ")
        show(options, facts, f"{text}: {plain(state.error)}" if state.error else text)

    loop = start_sync(party, on_state)
    try:
        threading.Event().wait()
    finally:
        loop.close()
    return 0


def _facts(progress: Progress) -> dict[str, object]:
    return {"what": progress.what, "done": progress.done, "total": progress.total, "unit": progress.unit}
