"""How rules say no: with a sentence for the person who tried it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.domain.case import Case, Status
from app.domain.events import Event
from app.domain.refusals import refuse, require

Rule = Callable[[Case, Event, Any, datetime], None]
"""Given the case before the event, the event, its body and the clock of whoever asks (UTC)."""


def require_not_closed(case: Case, sentence: str = "This case is closed. Only the customer can reopen it.") -> None:
    """Raise `RefusedError` where the case is closed."""
    require(case.status is not Status.CLOSED, sentence)


def require_mine(case: Case, event: Event, sentence: str) -> None:
    """Raise `RefusedError` unless the event's author has the case; the sentence is for a case that nobody has."""
    if case.technician is None:
        refuse(sentence)
    require(case.technician.id == event.author.id, f"{case.technician.name} has this case.")
