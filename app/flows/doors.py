"""The way to a relay as the service gives it, for either party of a session."""

from collections.abc import Callable

from app.domain.relay import Door
from app.remote.errors import WayOverError
from app.sync.errors import ServiceRefusedError

_OVER = 410  # HTTP: gone


def door_of(ask: Callable[[], Door]) -> Door:
    """What the service answers. Raises `WayOverError` where it says that the session is over, else as `ask` does."""
    try:
        return ask()
    except ServiceRefusedError as error:
        if error.status == _OVER:
            raise WayOverError from error
        raise
