"""Lists and search catch up with the log on this device. Needs no service."""

from app.domain.progress import Progress, Report, Work
from app.sync.ports import LocalStore


def follow(store: LocalStore, report: Report) -> None:
    """Have lists and search tell of all that is in the log, the newest first.

    `report` is told how far it has come; what it raises is raised here, and the next time it goes on from there.
    """
    total = left = store.to_follow()
    while left:
        store.follow()
        left = store.to_follow()
        total = max(total, left)  # another program may have left more
        report(Progress(Work.FOLLOW, total - left, total))
