"""How the rules say no, for all that decide."""

from datetime import datetime, timedelta
from typing import NoReturn

from app.domain.errors import RefusedError
from app.domain.events import Event

CLOCK_AHEAD = timedelta(days=1)
"""How far a device's clock may run ahead at all. One that is some hours off keeps nobody from asking for help."""


def refuse(sentence: str) -> NoReturn:
    """Say no, with a sentence for the person who tried it."""
    raise RefusedError(sentence)


def require(holds: bool, sentence: str) -> None:
    """Say no where this does not hold."""
    if not holds:
        refuse(sentence)


def check_clock(event: Event, now: datetime) -> None:
    """The device's clock is not far ahead. `now` is UTC."""
    require(
        event.at <= now + CLOCK_AHEAD,
        f"This bears the date {event.at:%Y-%m-%d}, which is still to come: the clock of the device that wrote it is "
        "wrong. Set it right, and write this again.",
    )
