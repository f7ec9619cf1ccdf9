"""Make all that follows from the log anew: lists, search, what blobs are for."""

from app.flows.party import Party
from app.store.rebuild import Progress, ignore
from app.store.records import Difference, Rebuilt

__all__ = ["Difference", "Rebuilt", "rebuild"]


def rebuild(party: Party, progress: Progress = ignore) -> Rebuilt:
    """Prove the whole store, then make its lists and its search anew from the log; what had differed.

    The log itself is never changed. `progress` is told how many steps are done, and of how many, on the store's thread.
    Raises `DamagedStoreError`, with nothing changed.
    """
    party.store.check()
    return party.store.rebuild(progress)
