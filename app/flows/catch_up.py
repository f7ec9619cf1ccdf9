"""Finish what a first sync that was cut off has left: lists and search of what is in the log already."""

from app.domain.progress import Report
from app.flows.party import Party
from app.sync.following import follow

__all__ = ["catch_up", "is_behind"]


def is_behind(party: Party) -> bool:
    """Whether lists and search do not tell of everything that is on this machine."""
    return party.store.to_follow() > 0


def catch_up(party: Party, report: Report) -> None:
    """Have them tell of everything. What `report` raises is raised here; the next time it goes on from there."""
    follow(party.store, report)
