"""Make all that follows from the log anew: lists, search, what blobs are for."""

from app.domain.progress import Progress, Report, Work, silent
from app.flows.party import Party
from app.store.records import Difference, Rebuilt

__all__ = ["Difference", "Rebuilt", "rebuild"]


def rebuild(party: Party, report: Report = silent) -> Rebuilt:
    """Prove the whole store, then make its lists and its search anew from the log; what had differed.

    The log itself is never changed. Raises `DamagedStoreError`, with nothing changed. `report` is told how far it has
    come, on the store's thread too; what it raises is raised here, and the lists are as they were.
    """
    report(Progress(Work.CHECK, 0))
    party.store.check()
    return party.store.rebuild(lambda done, total: report(Progress(Work.REBUILD, done, total)))
