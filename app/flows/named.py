"""What on a case a person means: by its id or its short name, or the newest that waits."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from app.domain.reference import is_named
from app.flows.errors import NothingAskedError


class _Thing(Protocol):
    @property
    def id(self) -> UUID:
        """Of the event that it began with."""


Thing = TypeVar("Thing", bound=_Thing)


def one_of(things: Sequence[Thing], untrusted_name: str, waits: Callable[[Thing], bool]) -> Thing:
    """The one of this name, or, without a name, the newest that waits. Raises `NothingAskedError`."""
    name = untrusted_name.strip()
    found = [one for one in things if (is_named(name, one.id) if name else waits(one))]
    if not found:
        raise NothingAskedError(untrusted_name)
    return found[-1]
