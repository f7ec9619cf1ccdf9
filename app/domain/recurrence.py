"""A problem that returns is recognised (rule 11): the same machine by its key, like signs, within the agreed days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.domain.case import Case, Status
from app.domain.finding import Level
from app.domain.words import stems

_LEAST_LIKENESS = 0.4
"""From which share of common words, or of what the checks found wrong, on two cases may be of one problem.

Found by the examples of the tests.
"""


@dataclass(frozen=True, slots=True)
class CameBack:
    """An earlier case that this one may be again. `likeness` is between 0 and 1; `days` is how long it was quiet."""

    earlier: UUID
    likeness: float
    days: int


def came_back(case: Case, earlier: Iterable[Case], window: timedelta) -> tuple[CameBack, ...]:
    """The earlier cases that this one may be again, the likeliest first. It is proposed, never decided.

    An earlier case counts where it was the same customer's, on the same machine (whatever that is called by now),
    solved or said to be, and last touched within the window before this one was opened.
    """
    found = [back for other in earlier if (back := _again(case, other, window)) is not None]
    return tuple(sorted(found, key=lambda back: (-back.likeness, back.days, back.earlier.int)))


def likeness(one: str, other: str) -> float:
    """Which share of the shorter text's words is in the other: 1 for all, 0 for none. Order does not matter."""
    words, others = _words(one), _words(other)
    return len(words & others) / min(len(words), len(others)) if words and others else 0.0


def _again(case: Case, other: Case, window: timedelta) -> CameBack | None:
    if other.id == case.id or other.status not in (Status.PROPOSED, Status.CLOSED):
        return None
    if case.customer is None or other.customer is None or case.customer.id != other.customer.id:
        return None
    if case.device is None or case.device != other.device or case.opened_at is None or other.changed_at is None:
        return None
    quiet = case.opened_at - other.changed_at
    alike = _alike(case, other)
    if not timedelta() <= quiet <= window or alike < _LEAST_LIKENESS:
        return None
    return CameBack(other.id, alike, quiet.days)


def _alike(case: Case, other: Case) -> float:
    """By what people said, or by what the computer found wrong: whichever speaks more for it."""
    said = max(likeness(case.about, text) for text in (other.about, f"{other.about} {other.solution}"))
    wrong, before = _wrong(case), _wrong(other)
    found = len(wrong & before) / len(wrong | before) if wrong | before else 0.0
    return max(said, found)


def _wrong(case: Case) -> frozenset[str]:
    return frozenset(finding.check for finding in case.findings if finding.level is Level.PROBLEM)


def _words(text: str) -> frozenset[str]:
    return stems(text, shortest=3, letters=4)
