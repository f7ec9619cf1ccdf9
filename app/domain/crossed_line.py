"""What a technician told the owner alone, and what the owner did about it (rule 14)."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.events import Event, LineCrossed, LineFollowedUp
from app.domain.reference import reference


@dataclass(frozen=True, slots=True)
class Report:
    """What was told, what the owner is asked for, and the events that tell what was done, oldest first."""

    event: Event
    text: str
    asks_for: str
    answers: tuple[Event, ...]

    @property
    def name(self) -> str:
        """The short name by which it goes."""
        return reference(self.event.id)


def reports(events: Iterable[Event]) -> tuple[Report, ...]:
    """The reports among these events, those that nothing was done about first."""
    every = tuple(events)
    found = [
        Report(event, event.body.text, event.body.follow_up, tuple(one for one in every if _answers(one, event)))
        for event in every
        if isinstance(event.body, LineCrossed)
    ]
    return tuple(sorted(found, key=lambda report: bool(report.answers)))


def _answers(event: Event, report: Event) -> bool:
    return isinstance(event.body, LineFollowedUp) and event.body.report == report.id
