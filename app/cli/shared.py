"""Time that counts twice, as lists of time tell it."""

from app.cli.common import clock_time
from app.domain.reference import reference
from app.flows.sentences import duration
from app.flows.shared_time import SharedTime


def shared_facts(shared: SharedTime) -> dict[str, object]:
    """For scripts."""
    return {
        "technician": shared.technician, "start": shared.start.isoformat(), "end": shared.end.isoformat(),
        "seconds": shared.seconds, "work": list(map(str, shared.work)), "cases": list(map(str, shared.cases)),
    }  # fmt: skip


def shared_line(shared: SharedTime) -> str:
    """For people."""
    one, other = map(reference, shared.cases)
    where = f"twice on {one}" if one == other else f"on {one} and on {other}"
    return (
        f"OVERLAPS: {shared.technician} has {duration(shared.seconds)} from {clock_time(shared.start)} {where}. "
        "Where that is not right: bistand work CASE --corrects WORK"
    )
