"""Time is somebody's: who may change it, and what has to be said of it."""

from app.domain import events as ev
from app.domain.case import Case
from app.domain.people import Role
from app.domain.refusals import refuse, require


def check_corrected_work(case: Case, event: ev.Event, work: ev.WorkRecorded) -> None:
    """A correction is of one's own time, as it stands now; a favour has its reason, and rework its case.

    Raises `RefusedError`.
    """
    is_erased = any(erased.role is Role.CUSTOMER for erased in case.erased)
    if work.work is ev.WorkKind.GOODWILL and not is_erased:  # then no text is kept any more
        require(bool(work.text.strip()), "Say in a few words why this is a favour: its reason is kept with its value.")
    if work.earlier is not None:
        require(work.work is ev.WorkKind.REWORK, "Only rework is for an earlier case.")
        require(work.earlier != case.id, "An earlier case is another one than this.")
    require(
        work.work is not ev.WorkKind.REWORK or work.earlier is not None,
        "Rework mends an earlier case once more. Say which: bistand came-back CASE EARLIER links the two.",
    )
    if work.corrects is None:
        return
    corrected = next((piece for piece in case.work if piece.id == work.corrects), None)
    if corrected is None:
        refuse("That piece of work is not there, or was corrected meanwhile. Look at the case again.")
    mine = corrected.author.id == event.author.id or event.author.role is Role.OWNER
    require(mine, f"That is the time of {corrected.author.name}, who alone can correct it.")
