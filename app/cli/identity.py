"""The identity that a command works with, its lists and search complete."""

from collections.abc import Iterator
from contextlib import contextmanager

from app import wiring
from app.cli.progress import following
from app.flows.catch_up import catch_up, is_behind
from app.flows.party import Party


@contextmanager
def open_party(*, ephemeral: bool = False) -> Iterator[Party]:
    """As in app/wiring.py. Where a first sync was cut off, what it left is finished first, and shown on the way.

    A bill or a list that lacks half of the cases would look whole. Commands that somebody waits for, such as `connect`,
    open the identity themselves.
    """
    with wiring.open_party(ephemeral=ephemeral) as party:
        if is_behind(party):
            with following() as report:
                catch_up(party, report)
        yield party
