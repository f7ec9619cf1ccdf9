"""What commands print once something is written on a case."""

import argparse

from app.cli.common import show
from app.domain.events import Event
from app.flows.party import Party
from app.flows.synchronise import is_pending


def show_written(options: argparse.Namespace, party: Party, event: Event, text: str, **facts: object) -> int:
    """Print the event's facts with these, or the text, and whether it is sent. Returns the exit code."""
    pending = is_pending(party, event)
    told = {"case": str(event.stream_id), "event": str(event.id), **facts, "pending": pending}
    show(options, told, text + (" It is kept here and sent with the next sync." if pending else ""))
    return 0
