"""Confirmed events made ready to be kept: what needs no database is worked out here, on any thread.

So the next page is made ready while the one before is written.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.domain.events import Confirmed
from app.store import log, passages


class Incoming(NamedTuple):
    """A confirmed event, its row of the log, and its passages, each with its folded words."""

    confirmed: Confirmed
    row: tuple[object, ...]
    passages: tuple[tuple[passages.Row, str], ...]


class Ready(tuple[Confirmed, ...]):
    """The events themselves, and what was worked out of them."""

    incoming: tuple[Incoming, ...]


def made_ready(confirmed: Sequence[Confirmed], texts: Sequence[str] | None = None) -> Ready:
    """These events, ready to be kept. `texts` are the same events as JSON, where whoever brings them has it."""
    if isinstance(confirmed, Ready):
        return confirmed
    told = texts or [one.event.model_dump_json() for one in confirmed]
    ready = Ready(confirmed)
    ready.incoming = tuple(
        Incoming(one, log.row_of(one.event, text, one.version, one.stamp), passages.folded_rows_of(one.event))
        for one, text in zip(confirmed, told, strict=True)
    )
    return ready
