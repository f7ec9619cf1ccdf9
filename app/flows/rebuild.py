"""Make all that follows from the log anew: lists, search, what blobs are for."""

from app.flows.party import Party
from app.store.records import Difference, Rebuilt

__all__ = ["Difference", "Rebuilt", "rebuild"]


def rebuild(party: Party) -> Rebuilt:
    """Prove the whole store, then make its lists and its search anew from the log; what had differed.

    The log itself is never changed. Raises `DamagedStoreError`, with nothing changed.
    """
    party.store.check()
    return party.store.rebuild()
