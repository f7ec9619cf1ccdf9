"""Search everything that this machine holds, with no network at all."""

from app.flows.party import Party
from app.store.records import Hit

__all__ = ["Hit", "search_history"]


def search_history(party: Party, query: str, limit: int = 50) -> tuple[Hit, ...]:
    """What goes by these words, best first: cases, notes, work, solutions and terminal output."""
    return party.store.search(query, limit)
